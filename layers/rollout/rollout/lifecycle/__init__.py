"""What happens next: the next move, the rollback, and the repair of what a dead rollout left behind."""
