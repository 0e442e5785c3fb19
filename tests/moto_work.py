"""Lets moto repeat less work for each account and each call; its answers are the same."""

from functools import cache

from moto.core import models, responses


def repeat_less() -> None:
    """Look up the operations of a service once, and register no address for `requests`: all calls use botocore."""
    if not hasattr(responses.method_names_from_class, "cache_info"):
        responses.method_names_from_class = cache(responses.method_names_from_class)
    models.RESPONSES_METHODS.clear()
