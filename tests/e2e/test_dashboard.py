"""The deployed dashboard, in a browser: seen by a viewer, and steered by an operator (P11)."""

import pytest

from sandbox.dashboard.browser import HOW_TO_INSTALL
from tests.e2e.stories.dashboard import FORM, approved_on_the_page


@pytest.fixture(scope="module")
def rollout(stories):
    return stories(approved_on_the_page)


@pytest.fixture
def texts(rollout):
    return rollout.texts or pytest.skip(HOW_TO_INSTALL)


def test_viewer_sees_what_serves_and_what_it_waits_for(texts):
    assert "version 1 (stable) serves 50 %" in " ".join(texts["waiting"].split())
    assert "seen-in-browser:live" in texts["waiting"]


def test_viewer_cannot_approve_and_reads_why(texts):
    assert "dashboard-viewer is not authorized to perform: lambda:InvokeFunction" in texts["answer to viewer"]
    assert "version 1 (stable) serves 50 %" in " ".join(texts["waiting still"].split())


def test_operator_confirms_and_the_rollout_goes_on(texts, rollout):
    assert texts["question to operator"].startswith("Approve: version 2 of seen-in-browser:live goes on from 50 %")
    assert "Taken" in texts["answer to operator"]
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})


def test_approval_is_on_record_with_the_texts_of_the_form(texts, rollout, stack):
    """P11."""
    (entry,) = stack.ledger.commands(rollout.shop)
    assert (entry["command"], entry["why"]) == ("approve", FORM["reason"])
    assert entry["given_by"].startswith('"Anna Lee" as entered in the dashboard')


def test_ended_rollout_has_its_detail_with_charts_and_the_command(texts, rollout):
    assert "Why: " in texts["detail"]
    assert FORM["reason"] in texts["detail"]
    assert rollout.detail.count("<svg") >= 3
