"""Lambda: functions, aliases, routing and invocations."""
