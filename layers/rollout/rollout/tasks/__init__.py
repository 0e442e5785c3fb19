"""Use cases: each combines adapters and decisions for a handler."""
