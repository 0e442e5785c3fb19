"""What the sweeps of the guardian read and remember in the ledger table."""
