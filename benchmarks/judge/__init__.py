"""`make bench-judge`: the shipped judge and the rules that teams use today, on the same simulated traffic."""
