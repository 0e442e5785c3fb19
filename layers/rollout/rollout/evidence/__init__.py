"""How strongly the counts speak against, or for, the canary."""
