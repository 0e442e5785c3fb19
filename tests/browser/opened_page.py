"""The page in Chromium, as a person uses it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from sandbox.dashboard.browser import set_size

WIDGET = ".widget.custom .content"
REFRESH_SECONDS = 1
_WAIT_SECONDS = 60
_REPLACED = (NoSuchElementException, StaleElementReferenceException)
_OVERFLOW = """
return [...document.querySelectorAll("html, .widget .content, dialog[open]")]
  .filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)
"""


class OpenedPage:
    """The page of a dashboard, seen by one user in one theme."""

    def __init__(self, driver: Chrome, address: str, user: str = "viewer", theme: str = "light", width: int = 1200):
        self.driver = driver
        set_size(driver, width)
        driver.get("about:blank")  # the page of an earlier test refreshes until then
        self.errors()
        driver.get(f"{address}?{urlencode({'user': user, 'theme': theme, 'refresh': REFRESH_SECONDS})}")
        self.wait(lambda: self.answers > 0)

    @property
    def widget(self) -> WebElement:
        return self.find(WIDGET)

    @property
    def text(self) -> str:
        return self.widget.text

    @property
    def answers(self) -> int:
        """How often the widget has shown an answer."""
        return int(self.script(f"return document.querySelector('{WIDGET}')?.dataset.answers ?? 0"))

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition is true; return its result."""
        waiting = WebDriverWait(
            self.driver, _WAIT_SECONDS, 0.1, [NoSuchElementException, StaleElementReferenceException]
        )
        return waiting.until(lambda _driver: condition())

    def wait_for_refresh(self) -> None:
        seen = self.answers
        self.wait(lambda: self.answers > seen)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, text: str, within: str = WIDGET) -> None:
        """Click the first link or button with this text, as soon as there is one."""
        path = f".//*[self::a or self::button or self::summary][contains(normalize-space(.), '{text}')]"
        # A refresh can replace the element between finding and clicking it.
        self.wait(lambda: self.find(within).find_element(By.XPATH, path).click() is None)

    def confirm(self, answer: str = "Confirm") -> str:
        """Answer the confirmation; return its question."""
        self.wait(lambda: self.find_all("#confirmation[open]"))
        question = self.find("#confirmation p").text
        self.click(answer, "#confirmation")
        return question

    @property
    def popup(self) -> str:
        """The text of the popup; empty while it is closed."""
        opened = self.find_all("#popup[open] .content")
        return opened[0].text if opened else ""

    def script(self, source: str) -> Any:
        return self.driver.execute_script(source)

    def overflow(self) -> list[str]:
        """Return what is wider than its place."""
        return self.script(_OVERFLOW)

    def errors(self) -> list[str]:
        """Return what the browser has reported since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
