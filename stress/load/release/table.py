"""The results of releases under load as a printed table, and as the table of docs/reliability.md."""

from stress.load import columns
from stress.load.release.promises import ReleaseResult
from stress.measured_page import write_between

_BEGIN, _END = "<!-- load of a release -->", "<!-- /load of a release -->"


def _measures(result: ReleaseResult) -> dict[str, str]:
    return {
        "Functions of the release / bad ones": f"{len(result.functions)} / {len(result.bad)}",
        "ending": result.ending,
        "functions that serve stable alone": f"{result.at_stable}",
        "of them rejected, because the release had failed": f"{result.rejected}",
        "functions with a reason in the release": f"{result.reasons}",
        "good functions whose reason names a bad one": f"{result.reasons_with_failure}",
        "broken promises": f"{len(result.broken)}",
        "start to end, s": f"{result.seconds:.0f}",
        "control plane requests, with those throttled": f"{result.control_plane_requests:,}",
        "throttled AWS calls (ThrottledCalls)": f"{result.throttled_calls:,}",
        "peak memory of the local AWS, GB": f"{result.peak.kilobytes / 1024**2:.1f}",
    }


def as_text(results: list[ReleaseResult]) -> str:
    """Return the table, followed by the Cause of each release and the broken promises."""
    broken = [sentence for result in results for sentence in result.broken]
    return columns.as_text([*map(_measures, results)], broken, (50, 20), [*(result.cause for result in results), ""])


def summary(results: list[ReleaseResult]) -> str:
    """Return the last line: whether every function of every release kept its promises."""
    broken = sum(len(result.broken) for result in results)
    if broken:
        return f"The releases broke {broken} promises."
    functions = sum(len(result.functions) for result in results)
    return f"All {functions} functions serve stable alone, the reason of each is reported, every promise is kept."


def write(results: list[ReleaseResult]) -> None:
    """Write the table between its markers in docs/reliability.md."""
    write_between(_BEGIN, _END, markdown(results))


def markdown(results: list[ReleaseResult]) -> str:
    """Return the table as it stands in docs/reliability.md."""
    return columns.as_markdown([*map(_measures, results)], summary(results))
