"""CONTRIBUTING.md shows the packages as the architecture test has them, and names files that exist."""

import re

from tests.repository.packages import LAYER
from tests.repository.sources import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of the one table below a heading, without its two head lines."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_table_of_packages_is_what_the_architecture_test_enforces():
    shown = {
        cells[0].strip("` "): tuple(re.findall(r"`(\w+)`", cells[2])) for cells in rows("The packages of the layer")
    }
    assert shown == LAYER


def test_ten_changes_name_files_that_exist():
    found = rows("Eleven changes, and the files each one touches")
    files = re.findall(r"`([\w./-]+/[\w./-]*|template[\w-]*\.yaml)`( \(new\))?", " ".join(cells[1] for cells in found))
    assert len(found) == 11
    assert [name for name, new in files if (ROOT / name).exists() is bool(new)] == []


def test_every_top_level_folder_has_its_row():
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    first = " ".join(cells[0] for cells in rows("Where things are"))
    assert {name for name in folders if f"`{name}/" not in first and name != "node_modules"} <= {"__pycache__", "dist"}
