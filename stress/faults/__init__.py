"""One rollout for each Task state and each fault, and a check of the promises."""
