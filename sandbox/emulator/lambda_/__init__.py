"""Lambda: functions, aliases, routing, invocations."""
