"""What the command state machine does: commands of operators, and the history of an alias."""
