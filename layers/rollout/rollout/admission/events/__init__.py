"""Events that ask for a rollout or report a change of an alias."""
