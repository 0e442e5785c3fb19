"""The ledger table: rollouts, locks, the queue."""
