"""One rollout's state: the document, the judgement, the alias, the lock, the endings."""
