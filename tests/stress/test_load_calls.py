"""The calls that a load counts, from the decisions of IAM."""

import json

from stress.load.calls import count_calls

IDS = {"JudgeCanaryFunctionRole": "stack-JudgeCanaryFunctionRole-1", "RolloutLogs": "stack-RolloutLogs-2"}


def test_calls_are_counted_by_function_from_the_given_place_on(tmp_path):
    log = tmp_path / "audit.jsonl"
    decision = {"principal": "stack-JudgeCanaryFunctionRole-1", "action": "lambda:GetAlias"}
    line = json.dumps(decision) + "\n"
    other = json.dumps({"principal": "another-role", "action": "lambda:GetAlias"}) + "\n"
    log.write_text(line + line + other + line)
    assert count_calls(log, len(line), IDS) == {"JudgeCanary": {"lambda:GetAlias": 2}}
