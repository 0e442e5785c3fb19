"""What a person should know about a function before its rollout begins: it is no reason to refuse the request."""

from collections.abc import Iterator

from rollout.admission.back import objection
from rollout.admission.facts import FunctionFacts, VersionFacts


def function_warnings(facts: FunctionFacts) -> Iterator[str]:
    """Yield a sentence on each warning about the function's versions, without a full stop."""
    if facts.canary and (against := objection(facts.history, facts.canary.version)):
        yield against
    if facts.canary and facts.canary.is_durable:
        yield (
            f"version {facts.canary.version} is a durable function (DurableConfig): Lambda counts each of its"
            " invocations as a call, and an execution may fail long after the rollout, so guard it with an alarm on its"
            " executions (guards.alarms)"
        )
    if facts.stable and facts.stable.state not in ("Active", "Pending"):
        yield _unready_stable(facts.stable, facts.target.function)


def _unready_stable(stable: VersionFacts, function: str) -> str:
    found = f"version {stable.version}, to which a rollback returns, is {stable.state}"
    if stable.state == "Inactive":
        invoke = f"aws lambda invoke --function-name {function}:{stable.version} out.json"
        return (
            f"{found}, because it had no calls for long: its first calls fail until Lambda has restored it. Invoke"
            f" it until it answers: {invoke}"
        )
    return (
        f"{found} ({stable.state_reason or stable.state_reason_code or 'Lambda gives no reason'}) and cannot serve: a"
        " rollback would not help, so restore its image, snapshot or key, or publish the former code again first"
    )
