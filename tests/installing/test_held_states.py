"""Each state that takes time has a rollout that a deployment meets in it: see test_deployment.py."""

import pytest

from tests.installing.held_states import CASES
from tests.interleavings.execution import STATES


def test_each_state_that_takes_time_has_one_rollout():
    """Choice, Pass and end states take none, so no deployment meets a rollout in them."""
    lasting = [name for name, state in STATES.items() if state["Type"] in ("Task", "Wait", "Map")]
    assert sorted(case.state for case in CASES) == sorted(lasting)


@pytest.mark.parametrize("case", CASES, ids=[case.state for case in CASES])
def test_faults_of_a_rollout_match_no_call_of_another(case):
    others = [other.function for other in CASES if other is not case]
    assert not [name for name in others if any(fault["contains"] in name for fault in case.faults)]
