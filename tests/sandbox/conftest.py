from pathlib import Path

import pytest

from sandbox.server import free_port, running

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the tests that share an emulator in one process, and begin with the slowest, which mostly wait."""
    for item in items:
        shares = item.path.parent == HERE or "emulator" in getattr(item, "fixturenames", ())
        if shares and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("sandbox"))
    items.sort(key=lambda item: (item.path != HERE / "test_serve.py", item.path.parent != HERE))


@pytest.fixture(scope="session")
def emulator():
    with running(free_port(), "test") as sandbox:
        yield sandbox
