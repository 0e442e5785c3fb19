"""Plays a policy before it is trusted: against simulated traffic, or against minutes that were recorded.

Nothing here decides. The moves come from the shipped observed, judge, decide and plan; this room brings the traffic,
the time, and the words and pictures for what came of it.
"""
