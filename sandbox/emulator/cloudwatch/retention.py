"""Keeps every metric point."""

from ministack.services import cloudwatch

from sandbox.emulator.seams import Original, extends


@extends(cloudwatch, "_evict_old_metrics")
def _keep_every_point(_original: Original) -> None:
    """Do nothing: a sandbox stops long before its points are two weeks old.

    MiniStack copies every series at each request, which takes time and can lose a point recorded during the copy.
    """
