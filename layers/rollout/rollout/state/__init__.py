"""The state of a rollout: the document, the judgement, the alias, the lock and the endings."""
