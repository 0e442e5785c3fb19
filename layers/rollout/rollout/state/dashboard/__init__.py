"""What a rollout leaves in the ledger for the dashboard."""
