"""What the widget of the dashboard does: it reads the ledger, and shows it."""
