import pytest

from sandbox.server import free_port, running


@pytest.fixture(scope="session")
def emulator():
    with running(free_port(), "test") as sandbox:
        yield sandbox
