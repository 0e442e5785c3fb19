"""Reads the event of the widget: CloudWatch's context, the fields of its forms, and the action that was chosen."""

import json
from datetime import timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from rollout.dashboard.mark import Mark
from rollout.domain.errors import RolloutError
from rollout.domain.json_values import plain_json
from rollout.domain.models import Value
from rollout.domain.text import LONGEST_REASON
from rollout.domain.validation import read_as

LONGEST_FILTER = 170
"""The longest filter: the name of a function and of an alias, in characters."""


SHOWN = "shown"
"""The hidden field of a page with the request for it, in JSON."""


class InvalidWidgetRequestError(RolloutError):
    """When the event of the widget cannot be read."""


class Theme(StrEnum):
    """The colours of the console."""

    LIGHT = "light"
    DARK = "dark"


class View(StrEnum):
    """What the widget shows."""

    OVERVIEW = "overview"
    DETAIL = "detail"


class RolloutKey(Value):
    """The key of a rollout's entry in the ledger."""

    target: Annotated[str, Field(max_length=400, pattern=r"^[^/]+/[^/]+/[^/]+/[^/]+$")]
    entry: Annotated[str, Field(max_length=200, pattern=r"^rollout#[^#]+#.+$")]


def _whole_number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 6 else value  # noqa: PLR2004


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


class Screen(Value):
    """What CloudWatch says of the place where the widget stands."""

    theme: Theme = Theme.LIGHT
    minutes_east: int = 0
    """The offset of the viewer's time zone from UTC, in minutes."""

    @property
    def zone(self) -> tzinfo:
        """The viewer's time zone."""
        return timezone(timedelta(minutes=self.minutes_east))


class Typed(Value):
    """What the viewer has typed into the form of the commands: a refresh shows it again."""

    reason: str = ""
    given_by: str = ""


class WidgetRequest(Value):
    """What the widget is to show."""

    view: View = View.OVERVIEW
    page: Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=100_000)] = 1
    function: Annotated[str, BeforeValidator(_stripped), Field(max_length=LONGEST_FILTER)] = ""
    """A part of the name of a function or an alias; empty for all."""
    state: Mark | None = None
    """The state of the rollouts; None for all."""
    rollout: RolloutKey | None = None
    """The rollout of the detail."""
    evaluations: Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=100_000)] = 1
    """The page of the evaluations in the detail, from 1, the newest first."""
    screen: Screen = Field(default_factory=Screen)
    typed: Typed = Field(default_factory=Typed)

    def detail_fields(self, evaluations: int = 0) -> dict[str, object]:
        """Return the action's fields for this detail, with its page of evaluations or another one."""
        key = self.rollout.model_dump() if self.rollout else None
        return {"view": View.DETAIL, "rollout": key, "page": self.page, "evaluations": evaluations or self.evaluations}

    @field_validator("state", mode="before")
    @classmethod
    def _read_state(cls, value: object) -> object:
        return value or None


def is_describe(event: object) -> bool:
    """Whether CloudWatch wants the help of the widget."""
    return isinstance(event, dict) and event.get("describe") is True


def read_widget_event(event: object) -> WidgetRequest:
    """Return what to show. The fields of a form come before those of the action, and these before the widget's own.

    A refresh has no action: CloudWatch sends the widget's own parameters and its forms, so a hidden field has the rest.
    Raises InvalidWidgetRequestError, which names each field that cannot be read.
    """
    plain = plain_json(event)
    fields = plain if isinstance(plain, dict) else {"view": plain}
    context = _object(fields.get("widgetContext"))
    form = _object(_object(context.get("forms")).get("all"))
    chosen = _object(context.get("params")) | ({} if "view" in fields else _shown(form)) | fields
    chosen |= {"screen": read_screen(event), "typed": _typed(form)} | _filters(form)
    request = read_as(WidgetRequest, chosen, "The request of the widget", InvalidWidgetRequestError)
    if request.view is View.DETAIL and request.rollout is None:
        raise InvalidWidgetRequestError(
            "The request of the widget is refused: rollout is missing: name the target and the entry of a rollout, such"
            ' as {"view": "detail", "rollout": {"target": "123456789012/eu-west-1/my-api/live", "entry": "rollout#…"}}.'
        )
    return request


def read_screen(event: object) -> Screen:
    """Return the theme and the time zone of any event; the light theme and UTC where they cannot be read."""
    context = _object(_object(event).get("widgetContext"))
    offset = _object(context.get("timezone")).get("offsetInMinutes")
    is_dark = context.get("theme") == Theme.DARK
    return Screen(theme=Theme.DARK if is_dark else Theme.LIGHT, minutes_east=_minutes_east(offset))


def _minutes_east(offset: object) -> int:
    """Return an offset between the earliest and the latest time zone; 0 for anything else."""
    return offset if isinstance(offset, int) and -24 * 60 < offset < 24 * 60 else 0


def _filters(form: dict[str, Any]) -> dict[str, Any]:
    """Return the filters of the overview's form; those of other pages have none."""
    names = {"filter_function": "function", "filter_state": "state"}
    return {name: form[field] for field, name in names.items() if field in form}


def _shown(form: dict[str, Any]) -> dict[str, Any]:
    """Return the request of the page that the viewer sees, from its hidden field."""
    try:
        return _object(json.loads(form.get(SHOWN, "")))
    except (TypeError, ValueError, RecursionError):
        return {}


def _typed(form: dict[str, Any]) -> Typed:
    texts = {name: form[name][:LONGEST_REASON] for name in Typed.model_fields if isinstance(form.get(name), str)}
    return Typed(**texts)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
