"""Reads metrics and alarms."""
