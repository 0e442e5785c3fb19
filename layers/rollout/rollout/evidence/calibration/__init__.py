"""Whether the evidence keeps its promise in rollouts without any canary, made of stable's own minutes."""
