"""A warning about a function states what was found, what follows, and the command that helps."""

import pytest

from rollout.admission.warnings import function_warnings
from tests.samples import facts, version


@pytest.mark.parametrize(
    ("found", "warnings"),
    [
        (facts(), []),
        (facts(alias=None, stable=None, canary=None), []),
        (facts(stable=version("3", state="Pending")), []),
        (
            facts(canary=version("4", is_durable=True)),
            [
                (
                    "version 4 is a durable function (DurableConfig): Lambda counts each of its invocations as a call,"
                    " and an execution may fail long after the rollout, so guard it with an alarm on its executions"
                    " (guards.alarms)"
                )
            ],
        ),
        (
            facts(stable=version("3", state="Inactive", state_reason_code="Idle")),
            [
                (
                    "version 3, to which a rollback returns, is Inactive, because it had no calls for long: its first"
                    " calls fail until Lambda has restored it. Invoke it until it answers: aws lambda invoke"
                    " --function-name my-api:3 out.json"
                )
            ],
        ),
        (
            facts(stable=version("3", state="Failed", state_reason="The image does not exist.")),
            [
                (
                    "version 3, to which a rollback returns, is Failed (The image does not exist.) and cannot serve: a"
                    " rollback would not help, so restore its image, snapshot or key, or publish the former code again"
                    " first"
                )
            ],
        ),
    ],
)
def test_function_has_the_warnings_that_apply(found, warnings):
    assert [*function_warnings(found)] == warnings
