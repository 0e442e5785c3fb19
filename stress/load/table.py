"""The results of the load as a printed table, as JSON, and as the table of docs/reliability.md."""

from typing import Any

from stress.load import columns
from stress.load.promises import PROMOTED, ROLLED_BACK
from stress.load.run_load import LoadResult
from stress.measured_page import write_between

_BEGIN, _END = "<!-- load -->", "<!-- /load -->"


def _measures(result: LoadResult) -> dict[str, str]:
    return {
        "Concurrent rollouts": f"{len(result.rollouts)}",
        "promoted / rolled back / other ending": " / ".join(
            f"{result.ended(outcome)}" for outcome in (PROMOTED, ROLLED_BACK, None)
        ),
        "unsplit aliases": f"{result.unsplit}",
        "rollouts with a broken promise": f"{len(result.broken)}",
        "first start to last start, s": f"{result.starting_seconds:.1f}",
        "first start to last end, s": f"{result.seconds:.0f}",
        "slowest rollout, s": f"{result.slowest_seconds:.0f}",
        "peak memory of the local AWS, GB": f"{result.peak.kilobytes / 1024**2:.1f}",
        "peak number of its workers": f"{result.peak.workers}",
        "task attempts throttled by Lambda": f"{result.throttled_attempts:,}",
        "most throttled attempts of one task": f"{result.max_throttled_attempts}",
        "throttled AWS calls (ThrottledCalls)": f"{result.throttled_calls:,}",
    }


def as_text(results: list[LoadResult]) -> str:
    """Return the table, followed by the broken promises."""
    broken = [
        f"{function}: {'; '.join(sentences)}" for result in results for function, sentences in result.broken.items()
    ]
    return columns.as_text([*map(_measures, results)], broken, (42, 16))


def as_json(result: LoadResult) -> dict[str, Any]:
    return {
        "rollouts": len(result.rollouts),
        "is_limited": result.is_limited,
        "ended": {str(outcome or "other"): result.ended(outcome) for outcome in (PROMOTED, ROLLED_BACK, None)},
        "unsplit": result.unsplit,
        "broken": result.broken,
        "starting_seconds": result.starting_seconds,
        "seconds": result.seconds,
        "slowest_seconds": result.slowest_seconds,
        "peak_kilobytes": result.peak.kilobytes,
        "peak_workers": result.peak.workers,
        "throttled_attempts": result.throttled_attempts,
        "max_throttled_attempts_of_a_task": result.max_throttled_attempts,
        "throttled_calls": result.throttled_calls,
        "states": result.states,
        "calls": result.calls,
    }


def summary(results: list[LoadResult]) -> str:
    """Return the last line: whether every rollout kept its promises."""
    rollouts, broken = sum(len(result.rollouts) for result in results), sum(len(result.broken) for result in results)
    if broken:
        return f"{broken} of {rollouts} rollouts broke a promise."
    return f"All {rollouts} rollouts ended as their policy requires, every alias is unsplit, every promise is kept."


def write(results: list[LoadResult]) -> None:
    """Write the table between its markers in docs/reliability.md."""
    write_between(_BEGIN, _END, columns.as_markdown([*map(_measures, results)], summary(results)))
