"""Reads CloudWatch metrics and alarms."""
