"""MiniStack, extended by the behaviours of AWS that it lacks: one module for each, in a folder by AWS service.

Every seam is a private name of MiniStack, so its version is pinned, and `selftest` checks every seam at start.
"""
