"""The tables of docs/cost.md."""

from collections.abc import Callable

from benchmarks.cost.counted import Used
from benchmarks.cost.price import PEER_GB, cents
from benchmarks.cost.run import PERIOD_SECONDS, Measured
from rollout.dry_run.cost import ALARM_MONTH

_ROWS: dict[str, Callable[[Used], float]] = {
    "evaluations": lambda used: used.evaluations,
    "state transitions": lambda used: used.transitions,
    "Lambda calls": lambda used: used.lambda_calls,
    "metrics read": lambda used: used.metrics,
    "DynamoDB reads": lambda used: used.reads,
    "DynamoDB writes": lambda used: used.writes,
    "Lambda control-plane calls": lambda used: used.control_plane_calls,
    "log queries": lambda used: used.log_queries,
}


_HEAD = (
    f"Counted in the local AWS in one run, a metric minute being {PERIOD_SECONDS} seconds: 10 % more each minute. Ours"
    " bakes for five minutes more; the peer has no bake. Calls of the guardian and the dashboard are not counted."
)


def report(ours: Measured, peer: Measured) -> str:
    """Return the tables as Markdown, with how they were counted."""
    return "\n".join(
        [
            _HEAD,
            "",
            "| Used by a rollout | Ours, healthy | Ours, rolled back | Peer, healthy | Peer, rolled back |",
            "|---|---:|---:|---:|---:|",
            *(_row(name, count, ours, peer) for name, count in _ROWS.items()),
            _cents_row(ours, peer),
            f"| ending | {' | '.join(f'`{each.ending}`' for each in _columns(ours, peer))} |",
            "",
            *_evaluations(ours.warm, peer.warm),
            "",
            *_seconds(ours, peer),
            "",
            _alarms(ours.warm),
        ]
    )


def _columns(ours: Measured, peer: Measured) -> tuple[Used, ...]:
    return ours.warm, ours.failing, peer.warm, peer.failing


def _row(name: str, count: Callable[[Used], float], ours: Measured, peer: Measured) -> str:
    return f"| {name} | {' | '.join(f'{count(each):,.0f}' for each in _columns(ours, peer))} |"


def _cents_row(ours: Measured, peer: Measured) -> str:
    prices = [cents(ours.warm), cents(ours.failing), cents(peer.warm, PEER_GB), cents(peer.failing, PEER_GB)]
    return f"| US cents at list price | {' | '.join(f'{price:.2f}' for price in prices)} |"


def _evaluations(ours: Used, peer: Used) -> list[str]:
    """Return the table of a whole healthy rollout divided by its evaluations."""
    rows = [
        f"| {name} | {count(ours) / ours.evaluations:.1f} | {count(peer) / peer.evaluations:.1f} |"
        for name, count in _ROWS.items()
        if name != "evaluations"
    ]
    price = f"| US cents | {cents(ours) / ours.evaluations:.3f} | {cents(peer, PEER_GB) / peer.evaluations:.3f} |"
    ratio = (ours.lambda_ms / ours.lambda_calls) / (peer.lambda_ms / peer.lambda_calls)
    longer = f"| duration of a Lambda call, times the peer's | {ratio:.1f} | 1 |"
    return ["| Healthy rollout, by evaluation | Ours | Peer |", "|---|---:|---:|", *rows, price, longer]


def _seconds(ours: Measured, peer: Measured) -> list[str]:
    """Return the table of times to the first shift, in multiples of the peer's warm one."""
    unit = peer.warm.seconds_to_first_shift
    rows = [
        f"| {name} | {each.cold.seconds_to_first_shift / unit:.1f} | {each.warm.seconds_to_first_shift / unit:.1f} |"
        for name, each in {"ours, from the publication": ours, "the peer, from its start by hand": peer}.items()
    ]
    head = f"| Time to the first shift, times that of the warm peer ({unit:.1f} s here) | Cold | Warm |"
    return [head, "|---|---:|---:|", *rows]


def _alarms(ours: Used) -> str:
    rollouts = 100 * ALARM_MONTH / cents(ours)
    return (
        "CodeDeploy charges nothing for deployments to Lambda, and rolls back only by alarms: at"
        f" {ALARM_MONTH:.2f} dollars a month, one alarm costs as much as {rollouts:.0f} rollouts like this one. A"
        " function with fewer rollouts a month is cheaper here, and needs no alarm."
    )
