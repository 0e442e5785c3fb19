"""How a function of the sandbox starts, and what it finds loaded."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from sandbox.server import ROOT
from sandbox.shop import Shop

CODE = """
import sys

def handler(event, context):
    loaded = "botocore" in sys.modules
    import botocore.session
    from botocore.handlers import BUILTIN_HANDLERS
    request = {"headers": {}}
    for event, hook, *_ in BUILTIN_HANDLERS:
        if event == "before-call" and "depth" in hook.__name__:
            hook(params=request)
    return {"loaded": loaded, "sent": list(request["headers"])}
"""
OWN_BOTOCORE = "import botocore\ndef handler(event, context): return botocore.__version__"
FORK_BESIDE_MANY_FILES = """
import os, resource, sys
from sandbox.emulator.lambda_.forks import Fork
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
fork = Fork(sys.argv[1], ".", dict(os.environ))
running = fork.poll()
fork.stdin.close()
print(running, fork.wait(30), fork.poll())
"""
STATE = """
import os, random

def handler(event, context):
    return {"folder": os.getcwd(), "variable": os.environ["OWN"], "number": random.random()}
"""


@pytest.fixture(scope="module")
def invoke(emulator):
    """Invoke a new function with these files as its package, and return its result."""

    def run(name, variables=None, **files):
        shop, package, functions = Shop(emulator, name), io.BytesIO(), emulator.client("lambda")
        shop.create()
        with zipfile.ZipFile(package, "w") as archive:
            for file, text in files.items():
                archive.writestr(f"{file.replace('__in__', '/')}.py", text)
        waiter = functions.get_waiter("function_updated_v2")
        functions.update_function_code(FunctionName=name, ZipFile=package.getvalue())
        waiter.wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables or {}})
        waiter.wait(FunctionName=name, WaiterConfig={"Delay": 0.1})
        return json.loads(functions.invoke(FunctionName=name)["Payload"].read())

    return run


def test_function_starts_with_the_runtime_loaded_and_its_calls_carry_their_depth(invoke):
    """MiniStack ends a loop of functions that invoke each other by the depth that each call carries."""
    answer = invoke("loaded-runtime", app=CODE)
    assert answer["loaded"] is (sys.platform == "linux")
    assert "X-Ministack-Invoke-Depth" in answer["sent"]


def test_function_imports_the_botocore_of_its_own_package(invoke):
    assert invoke("own-botocore", app=OWN_BOTOCORE, botocore__in____init__="__version__ = 'own'") == "own"


def test_functions_share_no_state(invoke):
    first, second = (invoke(name, {"OWN": name}, app=STATE) for name in ("first-state", "second-state"))
    assert (first["variable"], second["variable"]) == ("first-state", "second-state")
    assert first["folder"] != second["folder"]
    assert first["number"] != second["number"]


@pytest.mark.skipif(sys.platform != "linux", reason="functions are forks only on Linux")
def test_end_of_a_function_is_seen_also_where_the_emulator_has_many_files_open(tmp_path):
    waits = tmp_path / "waits.py"
    waits.write_text("import sys; sys.stdin.read()")
    command = [sys.executable, "-c", FORK_BESIDE_MANY_FILES, str(waits)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - itself
    assert ended.stdout == "None 0 0\n", ended.stderr
