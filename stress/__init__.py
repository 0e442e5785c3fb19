"""Programs that check the promises under faults and under load, run before a release."""
