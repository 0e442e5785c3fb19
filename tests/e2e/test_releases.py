"""Releases: several functions are promoted together, or all of them keep the version that they served before."""

import json

from tests.e2e.stories.releases import all_good, bad_in_bake, last_function_published, one_bad, releases_refused

STABLE, CANARY = {"1": 100}, {"2": 100}


def test_good_functions_are_promoted_in_their_order(stories, stack):
    release = stories(all_good)
    assert (release.ending, release.served) == ("SUCCEEDED", [CANARY] * 3)
    output = json.loads(release.description["output"])
    assert [part["outcome"] for part in output["functions"]] == ["promoted"] * 3
    bakes = [_in_phase(stack, shop, "bake")[0]["step_started_at"]["S"] for shop in release.shops]
    firsts = [_in_phase(stack, shop, "shifting")[-1]["step_started_at"]["S"] for shop in release.shops]
    assert [bakes, firsts] == [sorted(bakes), sorted(firsts)]
    assert max(firsts) < min(bakes)


def _in_phase(stack, shop, phase):
    return [each for each in stack.ledger.evaluations(shop) if each["phase"]["S"] == phase]


def test_one_bad_function_returns_all_to_stable_with_every_reason(stories, stack):
    release = stories(one_bad)
    assert (release.ending, release.served) == ("ReleaseRolledBack", [STABLE] * 3)
    assert "release-bad-2 ended: unhealthy" in release.description["cause"]
    entries = [stack.ledger.rollouts(shop)[-1] for shop in release.shops]
    assert [entry["outcome"] for entry in entries] == ["rolled_back"] * 3
    assert all("the release one-bad has failed: release-bad-2 ended" in entry["reason"] for entry in entries[:2])


def test_function_that_is_bad_in_the_bake_returns_those_that_were_promoted(stories, stack):
    release = stories(bad_in_bake)
    assert (release.ending, release.served) == ("ReleaseRolledBack", [STABLE] * 3)
    phases = [stack.ledger.evaluations(shop)[-1]["phase"]["S"] for shop in release.shops]
    assert phases == ["bake"] * 3


def test_release_that_cannot_begin_touches_nothing_and_says_why(stories):
    """P6."""
    ended = stories(releases_refused)
    assert ended["circle"]["error"] == "InvalidRequestError"
    assert "after has a circle" in ended["circle"]["cause"]
    assert ended["unknown function"]["error"] == "ReleaseRefusedError"
    assert "no-such-function" in ended["unknown function"]["cause"]
    assert (ended["dry run"]["status"], ended["shares"]) == ("SUCCEEDED", STABLE)
    assert ended["plan"]["functions"][0]["plan"]["canary_version"] == "2"


def test_release_of_a_tag_starts_by_itself_when_its_last_function_has_published(stories):
    """The first version waits, and says for whom."""
    tagged = stories(last_function_published)
    assert tagged.releases_before == 0
    assert "release-tagged-1:live with the tag value tagged has published no new version" in tagged.waits
    assert (tagged.release.ending, tagged.release.served, tagged.count) == ("SUCCEEDED", [CANARY] * 2, 1)
