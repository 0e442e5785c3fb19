"""The page in Chromium, as a person uses it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from selenium.common.exceptions import (
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from sandbox.dashboard.browser import set_size

WIDGET = ".widget.custom .content"
REFRESH_SECONDS = 1
_WAIT_SECONDS = 60
_REPLACED = (NoSuchElementException, StaleElementReferenceException, ElementNotInteractableException)
_OVERFLOW = """
return [...document.querySelectorAll("html, .widget .content, dialog[open]")]
  .filter((one) => one.scrollWidth > one.clientWidth)
  .map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)
"""


class OpenedPage:
    """The page of a dashboard, seen by one user in one theme."""

    def __init__(
        self, driver: Chrome, address: str, user: str = "viewer", theme: str = "light", width: int = 1200
    ) -> None:
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

    def wait(self, condition: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the condition returns
        """Wait until a condition is true; return its result."""
        return WebDriverWait(self.driver, _WAIT_SECONDS, 0.1, _REPLACED).until(lambda _driver: condition())

    def wait_for_text(self, text: str) -> None:
        self.wait(lambda: text in self.text)

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
        self.wait(partial(self._click, within, path))

    def _click(self, within: str, path: str) -> bool:
        self.find(within).find_element(By.XPATH, path).click()
        return True

    def type(self, texts: dict[str, str]) -> None:
        """Type into fields by their names, instead of what they hold."""
        for name, text in texts.items():
            self.wait(partial(self._type, name, text))

    def _type(self, name: str, text: str) -> bool:
        field = self.find(f"[name={name}]")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text)
        return field.get_property("value") == text

    def choose_user(self, user: str) -> None:
        self.find(f"#user option[value={user}]").click()
        self.wait(lambda: f"seen as {user} " in self.find("#status").text)

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

    def script(self, source: str) -> Any:  # noqa: ANN401 - JSON
        return self.driver.execute_script(source)

    def overflow(self) -> list[str]:
        """Return what is wider than its place."""
        found: list[str] = self.script(_OVERFLOW)
        return found

    def errors(self) -> list[str]:
        """Return what the browser has reported since the last call."""
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]
