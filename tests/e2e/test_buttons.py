"""The buttons of the dashboard, pressed by a person who may and by one who may not (P11)."""

from tests.e2e.stories.buttons import FORM, aborted_by_button


def test_click_of_an_operator_aborts_the_rollout(stories):
    """P1: without an evaluation, which was a minute away."""
    rollout = stories(aborted_by_button)
    assert "Taken" in rollout.pages["abort"]
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutAborted", {"1": 100})


def test_viewer_without_permission_is_denied(stories):
    """No role is involved but the viewer's own."""
    assert stories(aborted_by_button).pages["viewer"] == "AccessDeniedException"


def test_operator_cannot_name_the_execution_of_another_person(stories):
    """P11: neither by the function itself, nor through the alias of the buttons."""
    pages = stories(aborted_by_button).pages
    assert pages["function"] == "AccessDeniedException"
    assert "The event of the button cannot be read" in pages["execution"]


def test_click_without_a_name_or_for_another_version_is_refused(stories):
    pages = stories(aborted_by_button).pages
    assert "name is missing" in pages["no name"]
    assert "has a rollout of version 2, not of version 1" in pages["another version"]


def test_second_click_is_refused_and_changes_nothing(stories):
    pages = stories(aborted_by_button).pages
    assert "Taken" in pages["first"]
    assert "Refused: nothing was changed" in pages["second"]
    assert "is paused by the command" in pages["second"]


def test_clicks_are_on_record_with_when_why_and_the_name_entered(stories, stack):
    """P11: in the ledger, in the events and in the ending; no sweep replaces the name."""
    rollout = stories(aborted_by_button)
    stack.invoke("GuardianFunction", {"sweep": "aliases"})
    entries = stack.ledger.commands(rollout.shop)
    assert [(entry["command"], entry["why"]) for entry in entries] == [
        (kind, FORM["reason"]) for kind in ("pause", "abort")
    ]
    stated = '"Anna Lee" as entered in the dashboard'
    assert [entry["given_by"] for entry in entries] == [
        f"{stated} and not verified; Lambda request {entry['request_id']}" for entry in entries
    ]
    events = [event for event in stack.listener.events(rollout.execution) if event["detail-type"] == "Command Taken"]
    assert [event["detail"]["given_by"] for event in events] == [entry["given_by"] for entry in entries]
    (past,) = stack.ledger.rollouts(rollout.shop)
    assert f"({stated}): {FORM['reason']}" in past["reason"]
