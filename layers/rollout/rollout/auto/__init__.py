"""`steps: Auto`: from the calls of an alias's last day to concrete steps, and what they would catch."""
