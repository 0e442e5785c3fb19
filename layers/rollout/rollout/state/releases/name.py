"""The name of a release."""

from typing import Annotated

from pydantic import Field

ReleaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A release's name: letters, digits and ._-, at most 64 of them."""
