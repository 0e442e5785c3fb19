"""Installs every extension by importing its module.

The order matters where two extensions wrap the same function: the later one runs first. A refused alias update causes
no CloudTrail event, so `alias_rules` comes after `cloudtrail`.
"""

from importlib import import_module

MODULES = (
    "iam.audit_log",
    "iam.actions",
    "iam.role_sessions",
    "iam.role_names",
    "iam.callers",
    "s3.missing_objects",
    "lambda_.function_tags",
    "lambda_.deleted_functions",
    "lambda_.layers",
    "lambda_.workers",
    "lambda_.forks",
    "lambda_.running_invocations",
    "cloudwatch.invocation_metrics",
    "lambda_.routing",
    "lambda_.regions",
    "cloudwatch.statistics",
    "cloudwatch.refused_statistics",
    "cloudwatch.retention",
    "cloudwatch.request_limits",
    "cloudwatch.metric_reads",
    "logs.streams",
    "cloudwatch.alarms",
    "cloudwatch.embedded_metrics",
    "logs.insights",
    "logs.error_lines",
    "lambda_.dead_letter_config",
    "events.cloudtrail",
    "lambda_.alias_rules",
    "stepfunctions.executions",
    "stepfunctions.redrive",
    "faults.kill",
    "lambda_.request_rate",
    "faults.injection",
    "faults.refused_versions",
    "faults.requests",
    "stepfunctions.roles",
    "lambda_.async_invocations",
    "events.bus_policies",
    "events.cross_account",
    "events.api_destinations",
    "events.schedules",
)

for _module in MODULES:
    import_module(f"sandbox.emulator.{_module}")
