"""The refusals for hooks, named for the operator who reads them in the console."""

from rollout.domain.errors import RefusedError


class UnknownHookError(RefusedError):
    """When a hook of the policy names a function, or a version or an alias of it, that does not exist."""


class HookNotOptedInError(RefusedError):
    """When the function of a hook does not have the tag that lets rollouts call it."""


class HookOutOfReachError(RefusedError):
    """When the policy has hooks, and the function is in a region that the state machine cannot call."""


class StoppedBeforeTrafficError(RefusedError):
    """When a rollout is stopped before its version has had any traffic, such as by a hook; nothing was touched."""
