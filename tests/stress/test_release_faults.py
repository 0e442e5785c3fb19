"""The checks of `stress.faults.release`: each broken promise is reported, and a release that kept all breaks none."""

from dataclasses import replace

import pytest

from stress.faults.matrix.cells import Cell
from stress.faults.release import table
from stress.faults.release.matrix import release_cells
from stress.faults.release.observed import ObservedPart, ObservedRelease
from stress.faults.release.promises import broken_promises
from stress.faults.release.table import ReleaseCellResult, format_line, markdown, summary
from stress.release_ledger import LedgerRelease
from tests.stress.observed_rollouts import AT_CANARY, AT_STABLE, SPLIT
from tests.stress.observed_rollouts import PROMOTED as ROLLOUT

CELLS = {cell.name: cell for cell in release_cells()}
A, B = "r001-a", "r001-b"


def ledger(status, *outcomes, is_open=False):
    endings = {name: {"outcome": outcome, "reason": "because"} for name, outcome in zip((A, B), outcomes, strict=False)}
    return LedgerRelease(status, is_open=is_open, endings=endings)


HARMLESS, LASTING = CELLS["JudgeRelease:killed-after"], CELLS["JudgeRelease:denied"]
PROMOTED = ObservedRelease(
    cell=HARMLESS,
    status="SUCCEEDED",
    error="",
    cause="",
    parts=[ObservedPart(name, AT_CANARY, replace(ROLLOUT, cell=HARMLESS), updates=2) for name in (A, B)],
    ledger=ledger("promoted", "promoted", "promoted"),
    faults_occurred=1,
)
BACK = replace(
    PROMOTED,
    cell=LASTING,
    status="FAILED",
    error="ReleaseRolledBack",
    cause="the release serves the old version alone on each of its 2 functions",
    parts=[ObservedPart(name, AT_STABLE, updates=0) for name in (A, B)],
    ledger=ledger("failed", "rolled_back", "rejected"),
)
REJECTED = replace(BACK, error="UnforeseenError", cause="PrepareRelease failed", ledger=LedgerRelease())
ONE_OF_EACH = [PROMOTED.parts[0], BACK.parts[1]]
FAILED = replace(BACK, error="ReleaseFailed", parts=ONE_OF_EACH, ledger=ledger("failed", "handed_over", "rolled_back"))
SAYS_SO = replace(FAILED, cause="it is left for a person to decide, because its functions differ: 1 handed over")


@pytest.mark.parametrize("observed", [PROMOTED, BACK, REJECTED])
def test_release_that_keeps_every_promise_breaks_none(observed):
    assert broken_promises(observed) == []


BROKEN = {
    "functions differ in silence": (FAILED, "all or nothing"),
    "one split": (replace(PROMOTED, parts=[PROMOTED.parts[0], ObservedPart(B, SPLIT)]), "all or nothing"),
    "not closed": (replace(BACK, ledger=ledger("failed", "rolled_back", "rejected", is_open=True)), "P3"),
    "never decided": (replace(BACK, ledger=ledger("promoting", "rolled_back", "rejected")), "P3"),
    "lock not released": (
        replace(BACK, parts=[BACK.parts[0], replace(BACK.parts[1], remaining_lock_holder="arn:one")]),
        "P3",
    ),
    "another ending after a repeated task": (replace(BACK, cell=HARMLESS), "P4"),
    "rejected, and written": (replace(REJECTED, parts=[replace(BACK.parts[0], updates=1), BACK.parts[1]]), "P6"),
    "promoted with stable served": (replace(PROMOTED, parts=BACK.parts), "P10"),
    "rolled back with the canary served": (replace(BACK, parts=PROMOTED.parts), "P10"),
    "no Cause": (replace(BACK, cause=""), "P10"),
    "no ending of a function": (replace(BACK, ledger=ledger("failed", "rolled_back")), "P10"),
    "another outcome of a function": (replace(PROMOTED, ledger=ledger("promoted", "promoted", "rolled_back")), "P10"),
    "abort without an answer": (replace(BACK, command="RUNNING"), "P11"),
    "abort not obeyed": (replace(PROMOTED, command="SUCCEEDED"), "P11"),
    "rollout started twice": (
        replace(
            PROMOTED, parts=[PROMOTED.parts[0], replace(PROMOTED.parts[1], rollout=replace(ROLLOUT, executions=2))]
        ),
        "P7",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_promise_of_a_faulty_release_is_reported(case):
    observed, promise = BROKEN[case]
    assert promise in {sentence.partition(":")[0] for sentence in broken_promises(observed)}


def test_functions_may_differ_only_if_the_ending_says_so():
    assert not [sentence for sentence in broken_promises(SAYS_SO) if sentence.startswith("all or nothing")]


def test_each_cell_of_releases_has_one_name_and_a_fault_to_inject():
    cells = [*release_cells()]
    assert len(CELLS) == len(cells)
    assert {cell.state.name for cell in cells} == {"PrepareRelease", "StartRollouts", "JudgeRelease", "CloseRelease"}
    assert all(isinstance(cell, Cell) and cell.fault_requests[0]["action"] for cell in cells)


def test_each_task_of_releases_has_a_row_in_which_it_is_throttled_throughout():
    """As the matrix of rollouts has; the starts of rollouts are calls of Step Functions' own."""
    throttled = {name for name in CELLS if name.endswith((":lambda-closed", ":start-closed"))}
    tasks = {f"{state}Release:lambda-closed" for state in ("Prepare", "Judge", "Close")}
    assert throttled == {"StartRollouts:start-closed", *tasks}


def test_release_is_stopped_between_its_promotion_and_the_end_of_the_last_bake():
    cell = CELLS["JudgeRelease:stopped-in-bake"]
    assert (cell.fault.outside_action, cell.fault.is_harmless) == ("stop", False)


def test_table_states_what_both_functions_serve():
    results = [ReleaseCellResult(HARMLESS, PROMOTED), ReleaseCellResult(LASTING, failure="failed to run: late")]
    assert summary(results) == "1 of 2 cells of releases keep every promise."
    assert "| JudgeRelease | killed when it has written | SUCCEEDED | canary | kept |" in markdown(results)
    assert "BROKEN" in format_line(results[1])


@pytest.fixture
def page(tmp_path):
    """A page with the row of each cell, each of which had another ending."""
    page = tmp_path / "reliability.md"
    page.write_text(f"before\n{table.BEGIN}\n{table.END}\nafter\n")
    table.write(
        [ReleaseCellResult(cell, replace(PROMOTED, cell=cell, status="EARLIER")) for cell in CELLS.values()], page
    )
    return page


def test_rows_of_cells_that_did_not_run_stay_as_they_are(page):
    before = page.read_text()
    table.write([ReleaseCellResult(LASTING, BACK)], page)
    changed = {*page.read_text().splitlines()} - {*before.splitlines()}
    assert changed == {"| JudgeRelease | its write is denied throughout | ReleaseRolledBack | stable | kept |"}
    assert len(page.read_text().splitlines()) == len(before.splitlines())


def test_table_without_a_row_of_a_cell_that_did_not_run_is_not_written(page):
    page.write_text(page.read_text().replace("| CloseRelease | its function is deleted |", "| CloseRelease | other |"))
    before = page.read_text()
    with pytest.raises(table.MissingRowError, match="CloseRelease: its function is deleted: run these cells too"):
        table.write([ReleaseCellResult(LASTING, BACK)], page)
    assert page.read_text() == before
