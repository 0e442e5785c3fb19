"""Rollout events and notifications: their models, and how they are built."""
