"""Two runs of one program at once have folders of their own."""

import subprocess
import sys

from sandbox.run_folders import own_folder
from sandbox.server import ROOT, free_port, running

HOLD = """
import pathlib, sys
from sandbox.run_folders import own_folder
with own_folder("load", pathlib.Path(sys.argv[1])) as folder:
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_second_run_at_once_has_another_folder(tmp_path):
    runs = [own_folder("load", tmp_path) for _ in range(3)]
    with runs[0] as first, runs[1] as second, runs[2] as third:
        assert [folder.name for folder in (first, second, third)] == ["load", "load-2", "load-3"]
        assert all(folder.is_dir() for folder in (first, second, third))


def test_runs_of_different_programs_keep_their_names(tmp_path):
    with own_folder("load", tmp_path) as load, own_folder("faults", tmp_path) as faults:
        assert (load.name, faults.name) == ("load", "faults")


def test_folder_is_free_after_its_run_and_keeps_what_it_built(tmp_path):
    with own_folder("load", tmp_path) as folder:
        (folder / "template.yaml").touch()
    with own_folder("load", tmp_path) as again:
        assert (again / "template.yaml").exists()


def test_folder_of_a_process_that_was_killed_is_free(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:  # noqa: S603 - itself
        assert other.stdout.readline() == "load\n"
        with own_folder("load", tmp_path) as beside:
            assert beside.name == "load-2"
        other.kill()
    with own_folder("load", tmp_path) as folder:
        assert folder.name == "load"


def test_second_emulator_at_once_leaves_the_log_of_the_first(emulator):
    with running(free_port(), emulator.folder.name) as second:
        assert second.folder != emulator.folder
        assert second.audit.exists()
    assert emulator.audit.exists()
