"""Step Functions: executions and roles."""
