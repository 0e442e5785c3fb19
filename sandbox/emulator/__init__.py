"""MiniStack, extended by the behaviours of AWS it lacks; one module per behaviour.

Every seam is a private name of MiniStack, so its version is pinned and `selftest` tries each one at start.
"""
