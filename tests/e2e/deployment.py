"""The deployment that all stories share: the orchestrator and its member accounts, in one sandbox."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sandbox.accounts import HOME, MEMBER, ORGANIZATION, OTHER_REGION
from sandbox.deploy import build, deploy, deploy_member
from sandbox.run_folders import own_folder
from sandbox.server import REGION, ROOT, Sandbox, free_port, running
from tests.e2e.history import bursty_history
from tests.e2e.stack import Stack

MEMBERS_BUS = f"arn:aws:events:{REGION}:{HOME}:event-bus/lambda-rollouts-members"
OTHER_EXTERNAL_ID = "444444444444"
"""A member account whose roles expect another external ID than the orchestrator's."""
RELEASE_BUCKET = "release-lists"
_EXTERNAL_ID = "external-id-of-the-tests"
_PARAMETERS = {
    "MemberAccounts": f"{MEMBER},{OTHER_EXTERNAL_ID}",
    "MemberOrganization": ORGANIZATION,
    "MemberExternalId": _EXTERNAL_ID,
    "ReleaseBucket": RELEASE_BUCKET,
}
_MEMBER_TEMPLATE = ROOT / "template-member.yaml"
_MEMBER_PARAMETERS = {"OrchestratorAccount": HOME, "OrchestratorRegion": REGION, "MemberExternalId": _EXTERNAL_ID}


@contextmanager
def deployed_stack() -> Iterator[Stack]:
    """Build while the emulator starts, and deploy while the first function is called."""
    with own_folder("e2e-build") as folder, ThreadPoolExecutor(1) as builder:
        built = builder.submit(build, folder)
        with running(free_port(), "e2e", HOME) as local, bursty_history(local) as history:
            outputs = deploy(local, built.result(), _PARAMETERS)
            _deploy_members(local)
            stack = Stack(local, outputs, history)
            stack.listener.subscribe()
            yield stack


def _deploy_members(local: Sandbox) -> None:
    for region in (REGION, OTHER_REGION):
        deploy_member(local, _MEMBER_TEMPLATE, MEMBER, region, _MEMBER_PARAMETERS)
    parameters = _MEMBER_PARAMETERS | {"MemberExternalId": "another-external-id"}
    deploy_member(local, _MEMBER_TEMPLATE, OTHER_EXTERNAL_ID, REGION, parameters)
