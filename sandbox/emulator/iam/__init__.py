"""IAM: actions, role sessions, callers and the audit log."""
