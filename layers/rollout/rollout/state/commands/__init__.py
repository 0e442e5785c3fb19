"""The commands of a rollout: as its lock keeps them, and as the ledger records them."""
