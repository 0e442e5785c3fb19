"""The hooks in the document of a rollout."""
