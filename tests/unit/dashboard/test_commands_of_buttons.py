"""What the dashboard puts behind its buttons is what TakeCommand reads."""

from xml.etree.ElementTree import tostring

import pytest

from rollout.admission.button import BUTTON_COMMANDS, LONGEST_NAME, read_click
from rollout.dashboard.event import Typed
from rollout.dashboard.html.actions import command_event, reason_form
from rollout.dashboard.live import BUTTONS, live_rollout
from rollout.domain.enums import Command
from rollout.domain.text import LONGEST_REASON
from rollout.state.commands.source import CommandSource
from tests.commands import gate, lock
from tests.samples import AT, TARGET
from tests.unit.dashboard.pages import live_entry, read_rollouts

SOURCE = CommandSource(id="request", name="request", at=AT, account_region=TARGET.account_region)


def test_each_command_that_takecommand_reads_of_a_button_has_one():
    assert {*BUTTONS} == {*BUTTON_COMMANDS}


@pytest.mark.parametrize("command", BUTTONS)
@pytest.mark.parametrize("held", [lock(), lock(gate=gate())], ids=["in a step", "at an approval"])
def test_event_of_each_button_is_read(command, held):
    (entry,) = read_rollouts([live_entry()])
    event = command_event(live_rollout(entry, held), command, page=1)
    form = {"reason": "the database is slow", "given_by": "Anna Lee"}
    request = read_click(event | {"widgetContext": {"forms": {"all": form}}}, SOURCE)
    assert (request.command, request.target(None), request.version) == (command, TARGET, "4")
    is_for_gate = held.open_gate and command in (Command.APPROVE, Command.RESUME)
    assert request.step == (1 if is_for_gate else None)


def test_form_has_the_fields_that_takecommand_requires_with_its_limits():
    html = tostring(reason_form(Typed()), encoding="unicode")
    assert f'name="reason" value="" maxlength="{LONGEST_REASON}"' in html
    assert f'name="given_by" value="" maxlength="{LONGEST_NAME}"' in html
