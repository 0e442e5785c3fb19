"""How a version is to be rolled out, as people write it."""
