from pathlib import Path

import pytest

from sandbox.server import free_port, running

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Keep the tests that share an emulator, its folder and its port in one process."""
    for item in items:
        if item.path.parent == HERE and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("sandbox"))


@pytest.fixture(scope="session")
def emulator():
    with running(free_port(), "test") as sandbox:
        yield sandbox
