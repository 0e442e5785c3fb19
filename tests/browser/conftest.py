"""One Chromium for all tests of this folder; without it, none of them runs, and the summary has the reason."""

from pathlib import Path

import pytest

from sandbox.dashboard.browser import HOW_TO_INSTALL, BrowserMissingError, opened_browser

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the tests that share a browser in one process."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser():
    try:
        with opened_browser() as browser:
            yield browser
    except BrowserMissingError:
        pytest.skip(HOW_TO_INSTALL)
