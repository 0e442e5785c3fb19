"""IAM: actions, sessions, callers, the audit log."""
