"""What must hold of the releases of a tag after everything has settled."""

from collections import Counter

from tests.interleavings.release_world import FUNCTIONS
from tests.interleavings.tag_world import TagWorld, versions_of

_REMAINS = ("command#", "starter#", "waiting")
"""The entries that may stay open: records for a later sweep, and the versions that wait."""


def check_settled(world: TagWorld) -> None:
    """Check P1, P7, P8 and all or nothing; raises AssertionError."""
    running = [each.name for each in world.executions if each.is_running]
    assert running == [], world.format_history()
    assert None not in world.served(), f"P1: {world.format_history()}"
    open_entries = [each["entry"] for each in world.dynamodb.entries() if each.get("open")]
    still_open = [name for name in open_entries if not name.startswith(_REMAINS)]
    assert still_open == [], f"{still_open} stay open: {world.format_history()}"
    _check_together(world)
    _check_once(world)
    _check_none_lost(world)


def _check_together(world: TagWorld) -> None:
    """All or nothing: the aliases serve the versions of one release, or those of before any.

    A person who rolls out one version by itself decides otherwise.
    """
    restored = any("RestoreAlias" in each.path for each in world.executions)
    outcomes = {each["outcome"] for each in world.dynamodb.entries() if each["entry"].startswith("rollout#")}
    served = dict(zip(FUNCTIONS, world.served(), strict=True))
    if outcomes <= {"promoted", "rolled_back", "rejected"} and not restored and not world.by_hand:
        sets = [dict.fromkeys(FUNCTIONS, "1"), *world.recorded()]
        assert served in sets, f"all or nothing: {served} is none of {sets}\n{world.format_history()}"


def _check_once(world: TagWorld) -> None:
    """P7: each release is of every function, its versions are published ones, and no two have the same.

    It leaves out only a function whose version, or a newer one, a person has rolled out meanwhile.
    """
    recorded = world.recorded()
    assert all({*versions_of(each.request)} == {*FUNCTIONS} for each in world.releases), world.format_history()
    by_hand = [(each.request["function"], int(each.request["version"])) for each in world.by_hand]
    for name, version in world.left_out():
        is_served = any(function == name and served >= int(version) for function, served in by_hand)
        assert is_served, f"{name} {version} was left out: {world.format_history()}"
    twice = [each for each, count in Counter(tuple(each.items()) for each in recorded).items() if count > 1]
    assert twice == [], f"P7: {twice} were released twice: {world.format_history()}"
    for name, client in world.functions.items():
        released = [int(each[name]) for each in recorded if name in each]
        assert released == sorted(released), f"P7: {name} was released in the order {released}"
        assert all(str(each) in client.versions for each in released), f"{name} has no {released}"
        parts = [each for each in world.parts if each not in world.by_hand and _gave_traffic(world, each.arn, name)]
        versions = Counter(each.request["version"] for each in parts)
        assert max(versions.values(), default=1) == 1, f"P7: {name} {versions}: {world.format_history()}"


def _gave_traffic(world: TagWorld, arn: str, function: str) -> bool:
    return any(routing.writer == arn and routing.weights for routing in world.lambda_.functions[function].history)


def _check_none_lost(world: TagWorld) -> None:
    """P8: the newest version of each function was released, or waits for the other.

    A person may have stopped its release, or rolled it out by itself.
    """
    decided = [*world.recorded(), *(versions_of(each.request) for each in world.releases if each.status == "ABORTED")]
    decided += [{name: each.request["version"]} for each in world.by_hand for name in [each.request["function"]]]
    done = {name for name in FUNCTIONS if any(each.get(name) == world.newest()[name] for each in decided)}
    fresh = {name: version for name, version in world.newest().items() if version != "1" and name not in done}
    waiting = world.waiting()
    assert fresh.items() <= waiting.items(), f"P8: {fresh} is not among {waiting}: {world.format_history()}"
    assert len(fresh) < len(FUNCTIONS), f"P8: {fresh} wait, and no release starts: {world.format_history()}"
