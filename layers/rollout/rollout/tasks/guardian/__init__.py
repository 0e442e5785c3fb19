"""What the guardian does: repairs aliases, completes endings with their writer, and starts missed versions."""
