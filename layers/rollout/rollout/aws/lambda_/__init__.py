"""Reads functions and versions, and reads and writes aliases."""
