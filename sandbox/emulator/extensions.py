"""Every extended behaviour, installed by being imported.

The order matters where two wrap the same function: the later one is asked first.
An alias that AWS refuses leaves no trail, so the rules come after the trail.
"""

from sandbox.emulator import (  # noqa: I001 - see above
    audit,
    permissions,
    role_sessions,
    request_roles,
    shown_tags,
    workers,
    invocation_metrics,
    routing,
    regions,
    statistics,
    refused_statistics,
    templates,
    trail,
    alias_rules,
    executions,
    killing,
    request_rate,
    faults,
    fault_orders,
    machine_roles,
    deliveries,
    bus_policies,
    crossings,
)

__all__ = [
    "alias_rules",
    "audit",
    "bus_policies",
    "crossings",
    "deliveries",
    "executions",
    "fault_orders",
    "faults",
    "invocation_metrics",
    "killing",
    "machine_roles",
    "permissions",
    "refused_statistics",
    "regions",
    "request_rate",
    "request_roles",
    "role_sessions",
    "routing",
    "shown_tags",
    "statistics",
    "templates",
    "trail",
    "workers",
]
