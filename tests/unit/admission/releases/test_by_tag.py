"""Tests of releases by a tag: when one starts, for whom it waits, and what it is called."""

import json
from datetime import timedelta

import pytest

from rollout.admission.releases.by_tag import decide_group, is_report_due, release_name, release_of, untagged
from rollout.admission.releases.read_release import read_release
from rollout.domain.identity import AccountRegion
from rollout.state.releases.group import GroupMove, RefusedRelease, ReleaseGroup, WaitingVersion
from tests.samples import AT, TARGET

WAIT = timedelta(minutes=30)
HOME = TARGET.account_region
CART, CHECKOUT, PAYMENT = (TARGET.model_copy(update={"function": name}) for name in ("cart", "checkout", "payment"))


def waiting(target, version="2", minutes=0):
    return WaitingVersion(target=target, version=version, since=AT + timedelta(minutes=minutes))


def group(*versions, **changes):
    valid = ReleaseGroup(account_region=HOME, tag="shop", waiting=versions, revision=len(versions))
    return valid.model_copy(update=changes)


BOTH = group(waiting(CART), waiting(CHECKOUT, minutes=5))


def decide(held, *tagged, minutes=0, wait=WAIT):
    return decide_group(held, tagged, AT + timedelta(minutes=minutes), wait)


def test_release_starts_with_the_last_function():
    assert decide(BOTH, CART, CHECKOUT).move is GroupMove.START


def test_function_that_the_tagging_api_does_not_list_yet_counts():
    assert decide(BOTH, CART).move is GroupMove.START


@pytest.mark.parametrize(("minutes", "move"), [(0, GroupMove.WAIT), (29, GroupMove.WAIT), (30, GroupMove.REPORT)])
def test_wait_is_counted_from_the_first_version_and_names_who_is_missing(minutes, move):
    decision = decide(BOTH, CART, CHECKOUT, PAYMENT, minutes=minutes)
    assert (decision.move, decision.missing) == (move, ("payment:live",))
    assert (
        "payment:live with the tag value shop has published no new version since 2026-03-01T12:00Z" in decision.reason
    )
    assert "2 of 3 functions have" in decision.reason


def test_wait_of_zero_has_no_end():
    assert decide(BOTH, PAYMENT, minutes=10**6, wait=timedelta()).move is GroupMove.WAIT


def test_last_function_starts_the_release_also_after_the_wait():
    assert decide(BOTH, CART, CHECKOUT, minutes=500).move is GroupMove.START


def test_no_release_starts_while_the_one_before_has_not_ended():
    busy = group(*BOTH.waiting, started=release_of(BOTH, HOME))
    assert decide(busy).move is GroupMove.WAIT
    assert "has not ended" in decide(busy).reason


def test_group_without_versions_starts_nothing():
    assert decide(group(), CART).move is GroupMove.WAIT


def test_more_functions_than_a_release_has_start_none():
    many = [waiting(TARGET.model_copy(update={"function": f"f{number}"})) for number in range(201)]
    decision = decide(group(*many))
    assert decision.move is GroupMove.WAIT
    assert "201 functions have the tag value shop, but a release has at most 200" in decision.reason


@pytest.mark.parametrize(
    ("minutes", "move", "text"),
    [
        (59, GroupMove.WAIT, "was refused with ReleaseRefusedError at 2026-03-01T12:00Z; it is started again at"),
        (60, GroupMove.START, "have published"),
        (24 * 60 + 5, GroupMove.WAIT, "is not started again by itself"),
    ],
)
def test_refused_release_is_tried_again_each_hour_for_a_day(minutes, move, text):
    refused = RefusedRelease(name=release_name(BOTH), at=AT, error="ReleaseRefusedError")
    decision = decide(group(*BOTH.waiting, refused=refused), minutes=minutes, wait=timedelta())
    assert decision.move is move
    assert text in decision.reason


def test_release_that_is_refused_for_longer_than_the_wait_is_reported():
    refused = RefusedRelease(name=release_name(BOTH), at=AT, error="ReleaseRefusedError")
    assert decide(group(*BOTH.waiting, refused=refused), minutes=29).move is GroupMove.WAIT
    assert decide(group(*BOTH.waiting, refused=refused), minutes=30).move is GroupMove.REPORT


def test_running_release_is_never_reported_as_late():
    assert decide(group(*BOTH.waiting, started=release_of(BOTH, HOME)), minutes=500).move is GroupMove.WAIT


def test_newer_version_after_a_refusal_is_tried_at_once():
    refused = RefusedRelease(name=release_name(BOTH), at=AT, error="ReleaseRefusedError")
    newer = group(waiting(CART, "3"), waiting(CHECKOUT), refused=refused)
    assert decide(newer).move is GroupMove.START
    assert release_of(newer, HOME).execution == release_name(newer)


def test_try_after_a_refusal_has_an_execution_of_its_own():
    refused = RefusedRelease(name=release_name(BOTH), at=AT, error="ReleaseRefusedError")
    again = release_of(group(*BOTH.waiting, refused=refused), HOME)
    assert again.execution == f"{again.name}-03011200"


def test_name_is_the_same_for_the_same_versions_in_any_order_and_another_one_otherwise():
    names = [release_name(group(*versions)) for versions in (BOTH.waiting, BOTH.waiting[::-1])]
    others = [release_name(group(*BOTH.waiting[:1])), release_name(group(waiting(CART, "3"), BOTH.waiting[1]))]
    others.append(release_name(group(*BOTH.waiting, tag="other")))
    assert len({*names}) == 1
    assert len({*names, *others}) == 4


@pytest.mark.parametrize("tag", ["shop", "my shop/eu=1", "", "-._", "é", "x" * 256])
def test_release_of_any_tag_value_can_be_read_and_has_exactly_these_versions(tag):
    release = release_of(group(*BOTH.waiting, tag=tag), HOME)
    read = read_release(json.loads(release.request))
    assert [(part.function, part.alias, part.version) for part in read.functions] == [
        ("cart", "live", "2"),
        ("checkout", "live", "2"),
    ]
    assert (read.release, len(release.execution) <= 80) == (release.name, True)
    assert read.skip_served


def test_function_of_a_member_account_is_named_by_its_arn():
    orchestrator = AccountRegion(account="210987654321", region="eu-west-1")
    (part, _) = json.loads(release_of(BOTH, orchestrator).request)["functions"]
    assert part["function"] == "arn:aws:lambda:eu-west-1:123456789012:function:cart"


@pytest.mark.parametrize(("reported", "is_due"), [(None, True), (-1, True), (30, False), (300, False)])
def test_people_are_notified_once_for_each_first_version(reported, is_due):
    at = None if reported is None else AT + timedelta(minutes=reported)
    assert is_report_due(group(*BOTH.waiting, reported_at=at), WAIT) is is_due


@pytest.mark.parametrize(("minutes", "left"), [(60, []), (66, ["cart:live", "checkout:live"])])
def test_function_that_is_not_listed_for_an_hour_has_lost_the_tag(minutes, left):
    now = AT + timedelta(minutes=minutes)
    assert [each.name for each in untagged(BOTH, [], now)] == left
    assert untagged(BOTH, [CART, CHECKOUT], now) == []
