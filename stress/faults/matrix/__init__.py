"""The matrix: the Task states, the faults, and which fault can occur in which state."""
