"""The ledger table: rollouts, locks and queued versions."""
