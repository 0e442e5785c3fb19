"""Fault injection, and the control requests of the sandbox."""
