"""Tests of imports: importing the handlers builds no validator, because each cold start would build it."""

import subprocess
import sys

from tests.repository.sources import ROOT

BUILT_MODELS = """
import runpy, sys, pydantic
def models(base):
    for model in base.__subclasses__():
        yield model
        yield from models(model)
for path in sys.argv[1:]:
    runpy.run_path(path)
print(*(model.__qualname__ for model in models(pydantic.BaseModel)
        if model.__module__.startswith("rollout.") and model.__pydantic_complete__))
"""


def test_import_of_the_handlers_builds_no_validator():
    apps = [str(path) for path in (ROOT / "functions").glob("*/app.py")]
    layer = {"PYTHONPATH": str(ROOT / "layers" / "rollout")}
    command = [sys.executable, "-c", BUILT_MODELS, *apps]
    built = subprocess.run(command, env=layer, capture_output=True, text=True, check=True)  # noqa: S603 - itself
    assert built.stdout.split() == []
