"""What a release does: prepare it, follow its members, and close it."""
