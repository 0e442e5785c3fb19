"""`make bench-judge`: the shipped judge beside the rules people use today, on the same simulated traffic."""
