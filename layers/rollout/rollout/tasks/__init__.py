"""Use cases: what each handler does, by the adapters and the decisions."""
