"""Two runs of one program at once have folders of their own."""

import subprocess
import sys

from sandbox.run_names import build_folder, run_name
from sandbox.server import ROOT

HOLD = """
import pathlib, sys
from sandbox.run_names import run_name
with run_name("load", pathlib.Path(sys.argv[1])) as name:
    print(name, flush=True)
    sys.stdin.read()
"""


def test_second_run_at_once_has_another_name_and_folder(tmp_path):
    with run_name("load", tmp_path) as first, run_name("load", tmp_path) as second, run_name("load", tmp_path) as third:
        assert (first, second, third) == ("load", "load-2", "load-3")
        assert all(build_folder(name, tmp_path).is_dir() for name in (first, second, third))


def test_runs_of_different_programs_keep_their_names(tmp_path):
    with run_name("load", tmp_path) as load, run_name("faults", tmp_path) as faults:
        assert (load, faults) == ("load", "faults")


def test_name_is_free_after_its_run_also_with_what_it_built(tmp_path):
    with run_name("load", tmp_path) as name:
        (build_folder(name, tmp_path) / "template.yaml").touch()
    with run_name("load", tmp_path) as again:
        assert again == "load"


def test_name_of_a_process_that_was_killed_is_free(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:  # noqa: S603 - itself
        assert other.stdout.readline() == "load\n"
        with run_name("load", tmp_path) as beside:
            assert beside == "load-2"
        other.kill()
    with run_name("load", tmp_path) as name:
        assert name == "load"
