"""Tests of which commands a rollout takes: each command in each state, as docs/operating.md shows them (P11)."""

import re

import pytest

from rollout.domain.command_errors import (
    CommandNotPossibleError,
    CommandRefusedError,
    NoLiveRolloutError,
    UnknownMetricError,
)
from rollout.domain.enums import Command
from rollout.lifecycle.command_rules import ALLOWED, Situation, effect_of, situation_of
from rollout.lifecycle.orders import orders_of
from rollout.lifecycle.take_command import MOST_COMMANDS, decide_command
from rollout.policy.policy import Policy
from rollout.state.commands.taken import TakenCommand
from rollout.state.lock import Lock
from tests.commands import LOCKS, baking, command, gate, lock
from tests.repository.sources import ROOT
from tests.samples import policy

OPERATING = (ROOT / "docs" / "operating.md").read_text()
KINDS = [kind for kind in Command if kind is not Command.HISTORY]


def table() -> dict[tuple[str, str], str]:
    """Return the cells of the table of commands and states in docs/operating.md, by command and state."""
    lines = OPERATING.split("<!-- commands -->\n")[1].split("<!-- /commands -->")[0].strip().splitlines()
    head, _, *rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    return {(name, row[0]): cell for row in rows for name, cell in zip(head[1:], row[1:], strict=True)}


TABLE = table()


def decide(
    given: TakenCommand,
    held: Lock,
    used: Policy | None = None,
    *,
    has_ended: bool = False,
) -> TakenCommand:
    return decide_command(given, held, used or policy(metrics=["errors", "slow"]), has_ended=has_ended)


def test_table_has_every_command_and_state():
    assert set(TABLE) == {(kind, situation) for kind in KINDS for situation in Situation}


@pytest.mark.parametrize("situation", LOCKS)
def test_lock_is_in_its_state(situation):
    assert situation_of(LOCKS[situation], has_ended=situation is Situation.ENDED) is situation


@pytest.mark.parametrize(
    ("kinds", "changes", "situation"),
    [
        ((), {"gate": gate()}, Situation.AWAITING_APPROVAL),
        ((), {"gate": gate(timed_out=True)}, Situation.SHIFTING),
        ((), {"gate": gate(), "write_number": 2}, Situation.SHIFTING),
        ((), {"gate": gate(), "promoting": True}, Situation.BAKE),
        ((), {"gate": gate(), "superseded_by": "5"}, Situation.SUPERSEDED),
        (("approve",), {"gate": gate()}, Situation.SHIFTING),
        (("approve", "freeze"), {"gate": gate()}, Situation.FROZEN),
        (("approve", "freeze", "release"), {"gate": gate()}, Situation.AWAITING_APPROVAL),
        (("approve", "pause"), {"gate": gate()}, Situation.PAUSED),
        (("promote",), {"gate": gate()}, Situation.PROMOTING),
        (("resume",), {"gate": gate("pause")}, Situation.SHIFTING),
    ],
)
def test_gate_is_open_until_it_is_passed_or_times_out(kinds, changes, situation):
    given = tuple(command(kind, at_gate=kind in ("approve", "resume")) for kind in kinds)
    assert situation_of(lock(**changes, commands=given)) is situation


def test_no_lock_is_no_rollout():
    assert situation_of(None) is Situation.NONE
    assert {cell for (_, situation), cell in TABLE.items() if situation == Situation.NONE} == {"refused"}


@pytest.mark.parametrize("situation", LOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_command_meets_each_state_as_documented(kind, situation):
    held, has_ended = LOCKS[situation], situation is Situation.ENDED
    given = command(kind, number=2, seconds=60, metrics=("slow",))
    if TABLE[kind, situation] == "taken":
        at_gate = situation in (Situation.AWAITING_APPROVAL, Situation.PAUSE_STEP)
        expected = given.model_copy(update={"write_number": held.write_number, "at_gate": at_gate})
        assert decide(given, held, has_ended=has_ended) == expected
        return
    assert TABLE[kind, situation] == "refused"
    with pytest.raises(CommandRefusedError) as refused:
        decide(given, held, has_ended=has_ended)
    kinds = {Situation.ENDED: NoLiveRolloutError}
    assert refused.type is kinds.get(situation, CommandNotPossibleError)
    assert str(refused.value).startswith(f"my-api:live does not take the command {kind}, because ")
    assert re.search(r"\. (Possible now: [a-z, ]+|Wait for its ending)\.$", str(refused.value))


@pytest.mark.parametrize(
    ("kind", "situation", "found", "possible"),
    [
        (
            "pause",
            Situation.PAUSED,
            "version 4 is paused by the command pause-1 since 2026-03-01T12:01Z: the database is slow",
            "Possible now: resume, promote, extend, abort, freeze, ignore",
        ),
        (
            "promote",
            Situation.BAKE,
            "version 4 is promoted already, and in its bake",
            "Possible now: pause, extend, abort, freeze, ignore",
        ),
        (
            "resume",
            Situation.SHIFTING,
            "version 4 is neither paused nor frozen, and waits for no approval",
            "Possible now: pause, promote, extend, abort, freeze, ignore",
        ),
        (
            "pause",
            Situation.AWAITING_APPROVAL,
            "version 4 waits for an approval since 2026-03-01T12:05Z",
            "Possible now: approve, promote, extend, abort, freeze, ignore",
        ),
        (
            "approve",
            Situation.PAUSE_STEP,
            "version 4 is paused by its policy since 2026-03-01T12:05Z",
            "Possible now: resume, promote, abort, freeze, ignore",
        ),
        ("abort", Situation.ROLLING_BACK, "version 4 is being rolled back", "Wait for its ending"),
    ],
)
def test_refusal_says_what_was_found_and_what_is_possible(kind, situation, found, possible):
    with pytest.raises(CommandNotPossibleError) as refused:
        decide(command(kind, number=2), LOCKS[situation])
    assert str(refused.value) == f"my-api:live does not take the command {kind}, because {found}. {possible}."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changes", [{}, {"is_rolling_back": True}, {"is_taken_over": True}])
def test_repeated_task_takes_its_command_once(kind, changes):
    """P4: also where the command has changed the state meanwhile."""
    held = lock(kind, **changes)
    assert decide(command(kind, write_number=7), held, has_ended=True) == held.commands[0]


@pytest.mark.parametrize(
    ("seconds", "used", "problem"),
    [
        (14 * 86400, policy(), "would take about 15d, and the limit is 14d"),
        (86400 * 3, policy(), "would need 4,339 evaluations, and the limit per execution is 2,500"),
        (1800, policy(), ""),
    ],
)
def test_extension_fits_into_one_execution(seconds, used, problem):
    """P12: a longer one would end in a rollback in the middle of its step."""
    given = command("extend", number=2, seconds=seconds)
    if not problem:
        assert decide(given, lock(), used).seconds == seconds
        return
    with pytest.raises(CommandNotPossibleError, match=problem):
        decide(given, lock(), used)


def test_extensions_count_together():
    held = lock(commands=tuple(command("extend", number=number, seconds=86400) for number in (1, 2)))
    with pytest.raises(CommandNotPossibleError, match="evaluations"):
        decide(command("extend", number=3, seconds=86400), held)


@pytest.mark.parametrize(
    ("metrics", "problem"),
    [
        (("sloow",), "it does not measure sloow: use errors, slow, checkout-5xx$"),
        (("errors", "slow", "checkout-5xx"), "no critical metric would be left"),
        (("slow",), ""),
        (("errors", "checkout-5xx"), ""),
    ],
)
def test_ignored_metric_is_one_that_the_rollout_measures(metrics, problem):
    used = policy(metrics=["errors", "slow"], guards={"alarms": ["checkout-5xx"]})
    given = command("ignore", number=2, metrics=metrics)
    if not problem:
        assert decide(given, lock(), used).metrics == metrics
        return
    with pytest.raises(UnknownMetricError, match=problem):
        decide(given, lock(), used)


def test_ignored_metric_cannot_be_ignored_again():
    held = lock(commands=(command("ignore", metrics=("slow",)),))
    with pytest.raises(UnknownMetricError, match="does not measure slow: use errors"):
        decide(command("ignore", number=2, metrics=("slow",)), held)


def test_number_of_commands_is_limited_except_for_abort():
    many = tuple(command("ignore", number=number) for number in range(MOST_COMMANDS))
    with pytest.raises(CommandNotPossibleError, match="has taken 100 commands"):
        decide(command("pause"), lock(commands=many))
    assert decide(command("abort"), lock(commands=many)).command is Command.ABORT


@pytest.mark.parametrize("held", [lock(), baking(), LOCKS[Situation.PREPARING], LOCKS[Situation.AWAITING_APPROVAL]])
@pytest.mark.parametrize("kind", KINDS)
def test_effect_names_alias_and_version(kind, held):
    effect = effect_of(kind, held, seconds=1800, metrics=("slow",))
    assert "my-api:live" in effect
    assert "version 4" in effect


@pytest.mark.parametrize(
    ("situation", "part"),
    [
        (Situation.PREPARING, "the first step (without steps, the bake)"),
        (Situation.SHIFTING, "the step"),
        (Situation.BAKE, "the bake"),
        (Situation.AWAITING_APPROVAL, "the time for an approval"),
    ],
)
def test_effect_of_an_extension_names_what_lasts_longer(situation, part):
    effect = effect_of(Command.EXTEND, LOCKS[situation], 1800, ())
    assert effect == f"{part} of version 4 on my-api:live lasts 30m longer"


def test_effect_of_a_pause_has_the_share():
    assert effect_of(Command.PAUSE, lock(), 0, ()) == (
        "my-api:live is paused: version 4 keeps its share of 10 % until the command resume. It is judged all the while,"
        " and rolled back if it is unhealthy"
    )


@pytest.mark.parametrize(
    ("kind", "before", "effect"),
    [
        (
            "pause",
            (),
            (
                "my-api:live is paused: version 4 gets no share, unless the first one is being written now, until the"
                " command resume"
            ),
        ),
        (
            "resume",
            ("pause",),
            (
                "my-api:live is resumed: version 4 gets its first share after the next evaluation, as soon as the hooks"
                " of its policy agree"
            ),
        ),
        (
            "promote",
            (),
            (
                "my-api:live serves version 4 alone after the next evaluation, as soon as the hooks of its policy"
                " agree, unless it is unhealthy; the bake follows"
            ),
        ),
        (
            "abort",
            (),
            (
                "the rollout of version 4 on my-api:live ends now, because it is aborted; the alias is left as it is,"
                " because nothing was written to it"
            ),
        ),
        (
            "freeze",
            (),
            (
                "my-api:live is frozen: version 4 gets no share, unless the first one is being written now, until the"
                " command release or abort, whatever the hooks of its policy find"
            ),
        ),
        ("release", ("freeze",), "my-api:live is released: the next evaluation decides about version 4 again"),
    ],
)
def test_effect_before_the_first_share_says_what_holds_then(kind, before, effect):
    """P10 for commands: nothing was written to the alias, so there is no share to keep and nothing to roll back."""
    held = LOCKS[Situation.PREPARING].model_copy(update={"commands": tuple(map(command, before))})
    assert effect_of(Command(kind), held, 0, ()) == effect


@pytest.mark.parametrize("kind", KINDS)
def test_effect_from_the_first_share_on_names_it(kind):
    for situation in (Situation.SHIFTING, Situation.BAKE):
        assert "first" not in effect_of(kind, LOCKS[situation], 1800, ())


@pytest.mark.parametrize("kind", KINDS)
def test_taken_command_leads_to_a_state_that_refuses_its_opposite(kind):
    """Two opposite commands: whichever comes second meets the state that the first one made."""
    opposites = {"pause": "release", "freeze": "resume", "promote": "pause", "abort": "promote"}
    if kind in opposites:
        held = lock(kind)
        assert situation_of(held) not in ALLOWED[Command(opposites[kind])]
        assert orders_of(held.commands) != orders_of([])
