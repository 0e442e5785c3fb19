"""The rollouts that the verification plays, and how each one must end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from sandbox.shop import Shop
from stress.verify_aws.account import AwsAccount
from stress.verify_aws.deployment import Deployment
from stress.verify_aws.executions import Executions
from stress.verify_aws.findings import Finding
from stress.verify_aws.pace import Pace

_FAULTY = {"fault_percent": 25.0}


@dataclass(frozen=True)
class Stage:
    """What the stories act on."""

    account: AwsAccount
    deployment: Deployment
    shop: Shop
    """The function with traffic."""
    probed: Shop
    """The function without traffic."""
    pace: Pace
    executions: Executions
    served: Mapping[str, int]
    """The calls that each version has answered."""


def _none(_stage: Stage, _execution: str) -> None:
    """Leave the rollout alone."""


@dataclass(frozen=True)
class Story:
    """A version to publish, a disturbance of its rollout, and the ending."""

    name: str
    description: str
    ending: str
    """The error of the execution, `SUCCEEDED`, or `ABORTED`."""
    is_promoted: bool = False
    behaviour: dict[str, float] = field(default_factory=dict)
    surrounding: Callable[[Stage], AbstractContextManager[object]] = lambda _stage: nullcontext()
    disturb: Callable[[Stage, str], None] = _none
    visits: str = "CloseRollout"
    """A state that the execution must enter; empty for one that is stopped."""


@contextmanager
def _without_rollback_function(stage: Stage) -> Iterator[None]:
    """Let every call of RollBack be throttled."""
    functions, name = stage.account.client("lambda"), stage.deployment.resources["RollBackFunction"]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        functions.delete_function_concurrency(FunctionName=name)


def _stop(stage: Stage, execution: str) -> None:
    stage.executions.wait_for_state(execution, "WaitForMetrics")
    stage.executions.stop(execution)


def _remove_tag(stage: Stage, execution: str) -> None:
    stage.executions.wait_for_state(execution, "WaitForMetrics")
    stage.shop.untag("rollout:alias")


@contextmanager
def _with_tag_afterwards(stage: Stage) -> Iterator[None]:
    try:
        yield
    finally:
        stage.shop.opt_in()


STORIES = (
    Story("healthy-version", "a healthy version, which is promoted", "SUCCEEDED", is_promoted=True),
    Story("failing-version", "a version that fails every fourth call", "RolloutRolledBack", behaviour=_FAULTY),
    Story(
        "empty-map-of-restore-alias",
        "a failing version, which the state machine must restore without RollBack",
        "RolloutRolledBack",
        behaviour=_FAULTY,
        surrounding=_without_rollback_function,
        visits="RestoreAlias",
    ),
    Story("stopped-execution", "a version whose execution is stopped", "ABORTED", disturb=_stop, visits=""),
    Story(
        "removed-tag",
        "a version whose function loses its opt-in tag",
        "RolloutRolledBack",
        surrounding=_with_tag_afterwards,
        disturb=_remove_tag,
    ),
)


def play(story: Story, stage: Stage) -> Finding:
    """Publish the version of a story and return whether its rollout ended as it must."""
    stable, executions = stage.shop.shares(), stage.executions
    with story.surrounding(stage):
        version = stage.shop.publish(**story.behaviour)
        execution, started_by = executions.wait_for_start(stage.shop.name, version)
        story.disturb(stage, execution)
        ending, cause = executions.wait_for_end(execution)
        shares = {version: 100.0} if story.is_promoted else stable
        is_unsplit = executions.wait_until(lambda: stage.shop.shares() == shares)
    is_visited = not story.visits or story.visits in executions.states(execution)
    return Finding(
        name=story.name,
        expected=f"{story.ending}, and the alias serves version {next(iter(shares))} alone",
        found=f"{ending}, started by {started_by}; the alias serves {stage.shop.shares()}. {cause}",
        holds=ending == story.ending and is_unsplit and is_visited,
    )
