"""Every reason to refuse a policy for the functions that it names as hooks."""

from collections.abc import Iterator

from rollout.admission.facts import FunctionFacts, HookFacts
from rollout.domain.errors import RefusedError
from rollout.domain.hook_errors import HookNotOptedInError, HookOutOfReachError, UnknownHookError
from rollout.domain.identity import AccountRegion, Execution
from rollout.domain.lambda_names import function_arn
from rollout.domain.tags import HOOK_TAG, tag_command


def hook_refusals(facts: FunctionFacts, execution: Execution) -> Iterator[RefusedError]:
    """Yield every reason why the state machine could not call the hooks of the policy."""
    target, own = facts.target.account_region, execution.account_region
    if facts.hooks and target.region != own.region:
        field = next(iter(facts.hooks.values())).field
        yield HookOutOfReachError(
            f"policy.{field} names a hook, and {facts.target.function} is in region {target.region}: Step Functions"
            f" calls only functions of its own region, {own.region}. Roll it out by an orchestrator of its region, or"
            " leave out hooks."
        )
    for function, hook in facts.hooks.items():
        yield from _refusals_of(function, hook, target)


def _refusals_of(function: str, hook: HookFacts, account_region: AccountRegion) -> Iterator[RefusedError]:
    name, _, qualifier = function.partition(":")
    if not hook.exists:
        kind = f"version or alias {qualifier} of a function {name}" if qualifier else f"function {name}"
        yield UnknownHookError(
            f'policy.{hook.field} is "{function}", but there is no {kind} in {account_region}: correct the name, or'
            " deploy the hook first."
        )
    elif HOOK_TAG not in hook.tags:
        command = tag_command(function_arn(account_region, name), HOOK_TAG, "true")
        yield HookNotOptedInError(
            f'policy.{hook.field} is "{function}", but {name} has no tag {HOOK_TAG}, which lets rollouts call it: tag'
            f" it ({command})."
        )
