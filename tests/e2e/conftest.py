"""One deployment for the whole suite, and one run of every story; the tests read what the stories left behind."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.accounts import MEMBER
from sandbox.server import REGION, ROOT
from tests.e2e.deployment import deployed_stack
from tests.e2e.stories.freezes import shops_before_a_freeze, stack_is_frozen
from tests.e2e.stories.many_rollouts import alias_is_moved_beside_many_rollouts
from tests.e2e.stories.schedule import STORIES, STORIES_AT_ONCE

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark every test of this folder, before pytest deselects by markers."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def stack():
    with deployed_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def stories(stack):
    """Run the stories side by side; call the fixture with a story to wait for what it returns."""
    with ThreadPoolExecutor(STORIES_AT_ONCE) as pool:
        running = {story: pool.submit(story, stack) for story in STORIES}
        yield lambda story: running[story].result()


@pytest.fixture(scope="session")
def frozen(stack, stories):
    """Freeze the stack after every story; return the rollouts that met the freeze, after they have ended."""
    for story in STORIES:
        stories(story)
    return stack_is_frozen(stack, stories(shops_before_a_freeze))


@pytest.fixture(scope="session")
def beside_many(stack, stories):
    """Let many rollouts be counted after every story; return the rollout that was beside them, after its end."""
    for story in STORIES:
        stories(story)
    return alias_is_moved_beside_many_rollouts(stack)


@pytest.fixture(scope="session")
def sweeps(stack, stories):
    """Invoke the guardian after every story as its two schedules and a member account do; return its answers.

    Then let the schedules themselves run once.
    """
    for story in STORIES:
        stories(story)
    hour = json.loads((ROOT / "events" / "guardian_sweeps_member_account.json").read_text())
    hour |= {"account": MEMBER, "region": REGION}
    events = {"aliases": {"sweep": "aliases"}, "versions": {"sweep": "versions"}, "versions of a member account": hour}
    answers = {name: stack.invoke("GuardianFunction", event) for name, event in events.items()}
    stack.run_schedules()
    return answers
