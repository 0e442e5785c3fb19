"""The report of one ended rollout: what the ledger's entries say of it, and its summary in Markdown."""
