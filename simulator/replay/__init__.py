"""Replay recorded minutes under a policy, and record minutes from CloudWatch."""
