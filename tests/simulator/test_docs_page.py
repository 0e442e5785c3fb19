"""docs/simulating.md shows the program's real output; `python -m simulator.docs_page` writes it."""

import pytest

from simulator.docs_page import EXAMPLES, PAGE, outputs, with_output
from simulator.files import read_policy_file
from simulator.simulate.report import Report


def test_page_shows_the_programs_output():
    page = written = PAGE.read_text()
    for name, output in outputs().items():
        assert f"<!-- output: {name} -->" in page
        written = with_output(written, name, output)
    assert written == page


def test_with_output_replaces_only_the_named_block():
    page = "<!-- output: a -->\n```\nold\n```\n<!-- output: b -->\n```\nold\n```\n"
    assert with_output(page, "b", "new\n") == "<!-- output: a -->\n```\nold\n```\n<!-- output: b -->\n```\nnew\n```\n"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_saved_report_is_of_the_documented_policy(example):
    report = Report.model_validate_json(example.report.read_text())
    assert report.policy == read_policy_file(PAGE.parents[1] / example.policy)
    assert (report.rollouts, report.seed, report.regression) == (1000, 1, example.load.regression)
