"""Whether a request may begin: the parsed request, the facts about its function, and every reason to refuse it."""
