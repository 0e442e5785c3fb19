"""Opens Chromium without a window, for the screenshots and the tests of the page; downloads nothing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from sandbox.server import SandboxError

HOW_TO_INSTALL = "Chromium is missing: apt-get install chromium chromium-driver"
_CHROMIUM, _DRIVER = ("chromium", "chromium-browser", "google-chrome"), ("chromedriver",)
_PHONE_WIDTH = 500


class BrowserMissingError(SandboxError):
    """When Chromium or its driver is not installed; the message has the command that installs both."""


def find_browser() -> tuple[str, str]:
    """Return the paths of Chromium and its driver. Raises BrowserMissingError."""
    paths = [next(filter(None, map(shutil.which, names)), None) for names in (_CHROMIUM, _DRIVER)]
    if not all(paths):
        raise BrowserMissingError(HOW_TO_INSTALL)
    chromium, driver = map(str, paths)
    return chromium, driver


@contextmanager
def opened_browser() -> Iterator[Chrome]:
    """Yield a driver of Chromium, and close it. Raises BrowserMissingError."""
    chromium, driver_path = find_browser()
    options = ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # as root, Chromium starts only without its own sandbox
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(driver_path, env={**os.environ, "SE_OFFLINE": "true"}))
    try:
        yield driver
    finally:
        driver.quit()


def set_size(driver: Chrome, width: int, height: int = 900, *, scale: float = 1) -> None:
    """Set the size of the page in CSS pixels; a window of Chromium cannot be as narrow as a phone."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < _PHONE_WIDTH}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
