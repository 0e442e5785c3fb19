"""The samples in the documentation, made by the code: `python -m tests.repository.doc_samples` writes them."""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from rollout.admission.accept import accept, with_chosen_steps
from rollout.admission.policy_source import choose_policy
from rollout.admission.read_request import read_request
from rollout.admission.refusals.combine import RefusalList
from rollout.admission.request import RolloutRequest
from rollout.auto.choose import choose
from rollout.auto.forecast import forecast
from rollout.aws.cloudwatch.metrics import count_metrics
from rollout.domain.durations import format_duration
from rollout.domain.enums import HookPoint, Phase
from rollout.dry_run.assessment import Assessment
from rollout.dry_run.cost import PER_EVALUATION, PER_GATE, PER_HOOK_CALL, PER_ROLLOUT, PER_STEP, Cost, cost, usage
from rollout.dry_run.plan import dry_run
from rollout.dry_run.traffic import Traffic
from rollout.evidence.series import Series
from rollout.judging.observation import CALLS
from rollout.notifications.chat import chat_text
from rollout.notifications.headlines import NotifiedEvent
from rollout.notifications.message import notification_of, stop_of
from rollout.policy.policy import Policy
from tests.days import steady
from tests.hooks import evaluated, with_hooks
from tests.repository import event_samples, release_events, report_sample
from tests.samples import EXECUTION, ON_AWS, facts, rollout

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
DEFAULT_POLICY = json.loads(re.findall(r"Default: '(.*)'", (ROOT / "template.yaml").read_text())[0])
DRY_RUN_INPUT = {"function": "my-api", "dry_run": True}
CALLS_PER_MINUTE = 120
LOG_BYTES_PER_SECOND = 4_000
"""Two kilobytes for each of 120 calls a minute."""
"""The traffic that docs/dry-run.md states, over the three hours that a dry run reads."""
PRICED = {
    "The stack's `DefaultPolicy` at 120 calls a minute": DEFAULT_POLICY,
    "The stack's `DefaultPolicy` at 20 calls a day": DEFAULT_POLICY,
    "`Canary10Percent5Minutes`": {"steps": "Canary10Percent5Minutes"},
    "`Linear10PercentEvery1Minute`": {"steps": "Linear10PercentEvery1Minute"},
    "`AllAtOnce`, a bake of 1h": {"steps": "AllAtOnce", "bake": "1h"},
    "10 % for 23h, a bake of 1h, `interval` 5m": {
        "steps": [{"percent": 10, "hold": "23h"}],
        "bake": "1h",
        "interval": "5m",
    },
    "The default at 120 calls a minute, `metrics` errors and slow": DEFAULT_POLICY
    | {"metrics": ["errors", {"slow": {"over_ms": 800}}]},
}
"""The policies of the table in docs/cost.md."""
_MARKED = re.compile(r"(<!-- sample: ([\w-]+) -->\n).*?(<!-- /sample -->)", re.DOTALL)
_WIDTH = 110
_BAKE = {"phase": Phase.BAKE}


def with_samples(text: str) -> str:
    """Return a page with each marked sample as the code makes it now."""
    return _MARKED.sub(lambda marked: f"{marked[1]}{SAMPLES[marked[2]]()}\n{marked[3]}", text)


def dry_run_answer() -> dict[str, object]:
    """Return the answer to DRY_RUN_INPUT for a function with CALLS_PER_MINUTE calls and the default policy."""
    request = with_chosen_steps(_dry_run_request(), steady(CALLS_PER_MINUTE), ON_AWS)
    found = facts()
    accepted = accept(request, found, EXECUTION)
    metrics = count_metrics(accepted), count_metrics(accepted.model_copy(update=_BAKE))
    traffic = Traffic(calls=CALLS_PER_MINUTE * 180, seconds=10_800)
    history = steady(CALLS_PER_MINUTE).history(ON_AWS)
    shown = forecast(accepted, {CALLS: Series(history=history)}, CALLS_PER_MINUTE, ON_AWS)
    assessment = Assessment(
        request,
        found,
        (),
        accepted,
        traffic,
        metrics,
        log_bytes_per_second=LOG_BYTES_PER_SECOND,
        forecast=shown,
        reads_canary_logs=True,
    )
    return dry_run(assessment, ON_AWS).document()


def _dry_run_request() -> RolloutRequest:
    choice = choose_policy(None, {}, DEFAULT_POLICY)
    return read_request(DRY_RUN_INPUT, EXECUTION, RefusalList()).with_policy(
        choice.resolve(None), choice.describe_source(None)
    )


def _planned(name: str) -> Policy:
    """Return a policy of the table; Auto chooses by the traffic in its name."""
    policy = Policy.model_validate(PRICED[name])
    calls = 20 / 1440 if "a day" in name else CALLS_PER_MINUTE
    return choose(policy, steady(calls), ON_AWS).policy if policy.is_auto else policy


def price(policy: Policy) -> Cost:
    """Return what a rollout by this policy costs when no step is extended."""
    planned = rollout(policy=policy)
    return cost(usage(policy, count_metrics(planned), count_metrics(planned.model_copy(update=_BAKE))))


def cost_table() -> str:
    """Return what the PRICED policies cost, as a table."""
    rows = [
        "| Policy | Planned time | Evaluations | Transitions | Metrics read | US cents |",
        "|---|---|---|---|---|---|",
    ]
    for name in PRICED:
        policy = _planned(name)
        priced = price(policy)
        counts = priced.counts
        rows.append(
            f"| {name} | {format_duration(policy.planned_seconds)} | {policy.planned_evaluations:,}"
            f" | {counts.transitions:,} | {counts.metrics:,} | {priced.us_cents:.2f} |"
        )
    return "\n".join(rows)


def usage_table() -> str:
    """Return what a rollout, a step and an evaluation use, as a table; metrics depend on the policy."""
    rows = [
        "| Cause | Transitions | Lambda calls | Ledger reads | Ledger writes | Events |",
        "|---|---|---|---|---|---|",
    ]
    causes = {
        "each rollout": PER_ROLLOUT,
        "each step": PER_STEP,
        "each approval or pause": PER_GATE,
        "each call of a hook": PER_HOOK_CALL,
        "each evaluation": PER_EVALUATION,
    }
    for cause, used in causes.items():
        rows.append(
            f"| {cause} | {used.transitions} | {used.lambda_calls} | {used.reads} | {used.writes} | {used.events} |"
        )
    return "\n".join(rows)


def as_json(value: object) -> str:
    """Return a JSON block in which what fits on a line stands on one."""
    return f"```json\n{_json(value, 0)}\n```"


def _event(make: Callable[[], BaseModel]) -> str:
    # Six digits: the last digits of a sum differ between versions of Python.
    return as_json(
        json.loads(make().model_dump_json(exclude_none=True), parse_float=lambda text: float(f"{float(text):.6g}"))
    )


def _mail(make: Callable[[], NotifiedEvent]) -> str:
    sent = notification_of(make())
    return f"```text\nSubject: {sent.subject}\n\n{sent.text}\n```"


def _stopped() -> str:
    sent = stop_of(event_samples.stopped_before_traffic())
    return f"```text\nSubject: {sent.subject}\n\n{sent.text}\n```"


def _chat(make: Callable[[], NotifiedEvent]) -> str:
    return as_json(json.loads(chat_text(notification_of(make()))))


def _hook_event() -> str:
    run = evaluated(with_hooks(HookPoint.EACH_STEP, "smoke-test")).hook_run
    if run is None:
        raise ValueError("the sample calls no hook")
    return as_json(run.calls[0].event.model_dump(mode="json"))


def _cause() -> str:
    return f"```text\n{event_samples.rolled_back().sentence}\n```"


def _json(value: object, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + depth <= _WIDTH or not isinstance(value, dict | list):
        return line
    inner = " " * (depth + 2)
    opened, closed = ("{", "}") if isinstance(value, dict) else ("[", "]")
    parts = _fields(value, depth + 2) if isinstance(value, dict) else [_json(one, depth + 2) for one in value]
    return "\n".join([opened, ",\n".join(inner + part for part in parts), " " * depth + closed])


def _fields(value: dict[str, object], depth: int) -> list[str]:
    return [f"{json.dumps(name)}: {_json(field, depth)}" for name, field in value.items()]


SAMPLES: dict[str, Callable[[], str]] = {
    "dry-run": lambda: as_json(dry_run_answer()),
    "cost": cost_table,
    "usage": usage_table,
    **{f"mail-{name}": partial(_mail, make) for name, make in event_samples.NOTIFIED.items()},
    "mail-stopped-before-traffic": _stopped,
    "chat": partial(_chat, event_samples.rolled_back),
    "chat-request": partial(_chat, event_samples.approval_requested),
    "cause": _cause,
    "summary": report_sample.markdown,
    "hook-event": _hook_event,
    **{name: partial(_event, make) for name, make in event_samples.EVENTS.items()},
    **{name: partial(_event, make) for name, make in release_events.EVENTS.items()},
    "rollout-handed-over-completed": partial(_event, event_samples.handed_over_completed),
}
"""Each sample by the name that its marker in a page has."""


def main() -> None:
    """Write the samples of every page."""
    for page in PAGES:
        page.write_text(with_samples(page.read_text()))


if __name__ == "__main__":
    main()
