"""Try a policy before a release: against simulated traffic, or against recorded minutes.

The simulator decides nothing itself. It calls the shipped observe, judge, decide and begin_step functions, and adds the
traffic, the clock, and the reports.
"""
