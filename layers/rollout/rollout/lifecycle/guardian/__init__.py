"""What the guardian decides: repairs of aliases, and missed versions."""
