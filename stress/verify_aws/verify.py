"""Plays the stories and asks the probes, in the order that lets metrics and trails arrive meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandbox.server import SandboxError
from sandbox.shop import Shop
from stress.verify_aws.account import AwsAccount
from stress.verify_aws.behaviour import answers
from stress.verify_aws.deployment import Deployment
from stress.verify_aws.executions import Executions
from stress.verify_aws.findings import Finding
from stress.verify_aws.lambda_probes import LAMBDA_PROBES
from stress.verify_aws.log_probes import LOG_PROBES
from stress.verify_aws.metric_probes import METRIC_PROBES, UNSPLIT_PROBES
from stress.verify_aws.pace import Pace
from stress.verify_aws.stories import STORIES, Stage, Story, play
from stress.verify_aws.trail_probes import TRAIL_PROBES


@contextmanager
def opened_stage(account: AwsAccount, deployment: Deployment, pace: Pace) -> Iterator[Stage]:
    """Yield the stack's function with traffic and the one to ask about; delete both afterwards."""
    shop, probed = Shop(account, f"{deployment.stack}-shop"), Shop(account, f"{deployment.stack}-probe")
    machine = deployment.resources["RolloutStateMachine"]
    executions = Executions(account.client("stepfunctions"), machine, pace)
    try:
        shop.create()
        probed.create()
        with shop.traffic(pace.calls_per_second) as traffic:
            yield Stage(account, deployment, shop, probed, pace, executions, traffic.served)
    finally:
        for made in (shop, probed):
            made.delete()


def verify(stage: Stage, report: Callable[[str], object]) -> Iterator[Finding]:
    """Yield the finding of each story and each probe; `report` hears what begins."""
    report("Asking about functions and aliases")
    yield from answers((*LAMBDA_PROBES, *UNSPLIT_PROBES), stage)
    for story in STORIES:
        report(f"Rolling out {story.description}")
        yield _play(story, stage)
    report("Asking about metrics, CloudTrail and EventBridge")
    yield from answers((*METRIC_PROBES, *LOG_PROBES, *TRAIL_PROBES), stage)


def _play(story: Story, stage: Stage) -> Finding:
    """Return the finding of a story; one that does not end leaves the others to play."""
    try:
        return play(story, stage)
    except SandboxError as error:
        return Finding(name=story.name, expected=story.ending, found=str(error), holds=False)
