"""P11: whether each command is recorded and obeyed, or neither."""

from collections.abc import Iterator

from stress.faults.given_command import ABORT, APPROVE, WHY, GivenCommand
from stress.faults.matrix.fault import OutsideAction
from stress.faults.observed_rollout import STABLE, ObservedRollout

NOT_APPROVED = "it was not approved within"


def check_commands(observed: ObservedRollout) -> Iterator[str]:
    """Yield a sentence for each command that is recorded wrongly, and for each that is obeyed without a record."""
    for command in observed.commands:
        yield from _check_record(command, observed)
    yield from _check_aborts(observed)
    yield from _check_approvals(observed)
    if observed.cell.fault.outside_action is OutsideAction.COMMAND_LATE:
        yield from _check_late(observed)


def _check_record(command: GivenCommand, observed: ObservedRollout) -> Iterator[str]:
    records, what = len(command.records), f"P11: the command {command.command} ended as {command.ending}"
    if command.status == "RUNNING":
        yield f"P11: the command {command.command} has no answer"
    if records > 1 or (command.status == "SUCCEEDED" and records != 1) or (command.is_refused and records):
        yield f"{what}, and the ledger has {records} records of it"
    for record in command.records:
        if record["why"] != WHY or not record["taken_at"] or record["rollout_execution"] != observed.execution:
            yield f"P11: the record of {command.command} lacks when, why or the rollout: {record}"
    if not records and any(f"by the command {command.name}" in reason for reason in observed.all_reasons):
        yield f"{what}, and the rollout obeyed it without a record"


def _check_aborts(observed: ObservedRollout) -> Iterator[str]:
    """A recorded abort restores stable, unless another writer has the alias or the ending was already decided."""
    aborts = [command for command in observed.commands if command.command == ABORT and command.records]
    is_decided = observed.cell.state.name == "CloseRollout" or observed.cell.state.needs_unhealthy_canary
    if not aborts or observed.edit_revision or is_decided:
        return
    if not observed.next_execution and observed.alias.unsplit_version != STABLE:
        yield f"P11: abort is recorded, and the alias serves {observed.alias.format()}"
    if not any(f"by the command {abort.name}" in reason for abort in aborts for reason in observed.all_reasons):
        yield "P11: abort is recorded, and no reason names it"


def _check_approvals(observed: ObservedRollout) -> Iterator[str]:
    if observed.cell.state.command != APPROVE:
        return
    recorded = sum(bool(command.records) for command in observed.commands if command.command == APPROVE)
    if recorded > 1:
        yield f"P11: one approval was given {recorded} times"
    if not recorded and observed.ending == "SUCCEEDED":
        yield "P11: the rollout passed its approval, and no approve is recorded"
    if recorded and NOT_APPROVED in observed.cause:
        yield f"P11: approve is recorded, and the rollout did not obey it: {observed.cause}"


def _check_late(observed: ObservedRollout) -> Iterator[str]:
    late = [command for command in observed.commands if command.is_late]
    if [command.ending for command in late] != ["NoLiveRolloutError"]:
        yield f"P11: a command after the end ended as {', '.join(command.ending for command in late) or 'nothing'}"
