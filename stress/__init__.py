"""Programs that stress the whole stack in the sandbox, run before a release: fault matrix, load."""
