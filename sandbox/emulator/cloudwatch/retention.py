"""How long metrics are kept."""

from ministack.services import cloudwatch

from sandbox.emulator.seams import Original, extends


@extends(cloudwatch, "_evict_old_metrics")
def _keep_every_point(_original: Original) -> None:
    """MiniStack copies every series at each request, which costs time and can lose a point recorded meanwhile.

    A sandbox stops long before its points are two weeks old.
    """
