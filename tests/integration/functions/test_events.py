"""Every file in events/ is an input its handler takes, and every handler has one."""

import pytest

from tests.integration.conftest import ROOT, event

FILES = sorted(path.stem for path in (ROOT / "events").glob("*.json"))
HANDLERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))


def handler_of(file: str) -> str:
    (name,) = (name for name in HANDLERS if file == name or file.startswith(f"{name}_"))
    return name


def test_every_handler_has_an_event_of_its_name():
    assert set(HANDLERS) <= set(FILES)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.usefixtures("my_api", "lambda_wire", "claimed", "state_machine")
def test_every_event_is_taken_by_its_handler(file, handle):
    assert handle(handler_of(file), event(file))
