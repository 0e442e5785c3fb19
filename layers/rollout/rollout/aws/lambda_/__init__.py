"""Reads functions and aliases, and writes aliases."""
