"""What a rollout does to the alias while it shifts traffic: writing it, and keeping stable from being deleted."""
