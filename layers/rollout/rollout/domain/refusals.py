"""The names under which the executions of refused requests end."""

from rollout.domain import errors, hook_errors

REFUSALS = frozenset(
    name
    for name, kind in (vars(errors) | vars(hook_errors)).items()
    if isinstance(kind, type) and issubclass(kind, errors.RefusedError) and kind is not errors.RefusedError
)
"""The error codes of rejected executions: each is an answer, after which the version is not started again."""
