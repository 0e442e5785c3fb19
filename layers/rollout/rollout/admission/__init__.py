"""Whether a request may begin: what it asks for, what was found, and every reason to refuse it."""
