"""What the dashboard shows: values read from the ledger's entries, and their rendering as HTML in `html`."""
