"""The life of a rollout: its next move, its rollback, and the repair of a rollout whose execution has ended."""
