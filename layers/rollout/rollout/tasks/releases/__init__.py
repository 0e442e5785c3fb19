"""What a release does: prepare it, follow its parts, and close it."""
