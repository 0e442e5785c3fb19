"""The report of an ended rollout in the deployed stack, from the ledger that the stack has written."""

from tests.e2e.stories.report import faulty_version_reported


def test_report_is_one_file_with_the_ending_and_its_evaluations(stories, stack):
    rollout = stories(faulty_version_reported)
    evaluations = stack.ledger.evaluations(rollout.shop)
    assert rollout.html.startswith("<!DOCTYPE html>")
    assert "version 1 serves every call" in rollout.html
    assert f"Evaluations ({len(evaluations)})" in rollout.html
    assert "<svg" in rollout.html
    assert rollout.last_line.startswith("Report of reported:live, version 2, rolled back: ")


def test_pipeline_reads_the_summary_from_the_function_of_the_widget(stories):
    rollout = stories(faulty_version_reported)
    heading, _, reason, *_ = rollout.summary["markdown"].splitlines()
    assert heading == "### ❌ `reported:live` serves version 1 again: version 2 was rolled back"
    assert rollout.cause[:60] in reason
    assert rollout.execution in rollout.summary["markdown"]
    assert "| `errors`, critical |" in rollout.summary["markdown"]
