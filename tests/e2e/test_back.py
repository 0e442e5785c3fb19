"""An operator returns to the version before, in the deployed stack."""

from tests.e2e.stories.back import version_is_withdrawn


def test_alias_returns_at_once_and_the_ledger_remembers_it(stories, stack):
    """P11: a later start of the version that was withdrawn says so."""
    promoted, back, again = stories(version_is_withdrawn)
    assert [rollout.ending for rollout in (promoted, back, again)] == ["SUCCEEDED"] * 3
    assert back.shop.shares() == {"1": 100}
    assert [entry["is_back"] for entry in stack.ledger.rollouts(back.shop)] == ["False", "True"]
    (warning,) = [text for text in again.output["plan"]["warnings"] if "withdrawn" in text]
    assert warning.startswith("Version 2 was withdrawn for version 1 by the rollout of ")
