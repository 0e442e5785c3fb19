"""Hooks: when they are called, what their answers mean, and what follows from it."""
