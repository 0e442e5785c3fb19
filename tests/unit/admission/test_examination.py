"""The command `doctor` is for the stack: it needs no function, and takes no field of another command."""

import pytest

from rollout.admission.examination import is_doctor
from rollout.domain.command_errors import InvalidCommandError


@pytest.mark.parametrize("request_", [{"command": "doctor"}, {"command": "doctor", "why": "after the deployment"}])
def test_doctor_needs_nothing_else(request_):
    assert is_doctor(request_)


@pytest.mark.parametrize(
    "request_", [{}, [], None, "doctor", {"command": "pause"}, {"command": ["doctor"]}, {"doctor": 1}]
)
def test_other_input_is_no_doctor(request_):
    assert not is_doctor(request_)


def test_doctor_with_a_function_is_refused():
    with pytest.raises(InvalidCommandError, match=r'has no function, alias: send \{"command": "doctor"\}'):
        is_doctor({"command": "doctor", "function": "my-api", "alias": "live"})
