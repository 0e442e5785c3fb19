"""The list price of what a rollout used, in US cents, from the one table of prices in `rollout.dry_run.cost`."""

from benchmarks.cost.counted import Used
from rollout.dry_run import cost

PEER_GB = 0.128
"""The peer's functions have Lambda's default memory, ours 512 MB."""


def cents(used: Used, memory_gb: float = cost.LAMBDA_GB) -> float:
    """Return the price of the counts at list price; each Lambda call takes the half second that a dry run assumes.

    The milliseconds of the local AWS are not those of AWS, and so not a part of the price.
    """
    call = cost.LAMBDA_CALL + memory_gb * cost.LAMBDA_SECONDS * cost.GB_SECOND
    dollars = (
        used.transitions * cost.TRANSITION
        + used.metrics * cost.METRIC
        + used.lambda_calls * call
        + used.writes * 2 * cost.UNITS_PER_WRITE * cost.WRITE_UNIT  # as if each entry were in an index too
        + used.reads * cost.READ_UNIT
        + used.actions["events:PutEvents"] * cost.CUSTOM_EVENT
    )
    return 100 * dollars
