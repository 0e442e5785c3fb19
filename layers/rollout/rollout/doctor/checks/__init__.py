"""From what was read to a finding: one pure function for each check."""
