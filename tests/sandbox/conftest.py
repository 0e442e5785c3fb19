from pathlib import Path

import pytest

from sandbox.server import free_port, running

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Keep them in one process: the emulator's folder, and its port, are one."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group("sandbox"))


@pytest.fixture(scope="session")
def emulator():
    with running(free_port(), "test") as sandbox:
        yield sandbox
