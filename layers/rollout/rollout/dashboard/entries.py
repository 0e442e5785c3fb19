"""The ledger's entries as the dashboard reads them. A field that is missing stays empty: entries outlive releases."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from rollout.dashboard.instants import KnownInstant
from rollout.domain.enums import Outcome
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.domain.text import Sentence, shorten
from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy
from rollout.policy.read_policy import policy_of_json
from rollout.state.dashboard.status import Status
from rollout.state.lock import Lock, QueuedVersion

_LONGEST_NAME = 300


def _shorten_name(value: object) -> object:
    return shorten(value, _LONGEST_NAME) if isinstance(value, str) else value


Name = Annotated[str, BeforeValidator(_shorten_name)]
"""A name in the ledger, shortened to 300 characters: a page stays small, whatever the ledger has."""


class RolloutEntry(Value):
    """The entry of a rollout that runs or has ended. One that was closed before it began names no versions."""

    target: str
    entry: str
    execution_arn: Name = ""
    stable_version: Name = ""
    canary_version: Name = ""
    outcome: Name = "running"
    started_at: KnownInstant = None
    began_at: KnownInstant = None
    published_at: KnownInstant = None
    """When the canary was published; None where the request did not say it."""
    ended_at: KnownInstant = None
    reason: Sentence = ""
    policy: str = ""
    policy_source: Sentence = ""
    started_by: Sentence = ""
    override_freeze: Sentence = ""
    is_back: bool = False
    status_document: str = ""

    @property
    def alias(self) -> Target:
        """The alias, from the partition key; its parts are empty where the key has another form."""
        return target_of(self.target)

    @property
    def ending(self) -> Outcome | None:
        """How the rollout ended; None while it runs."""
        return next((outcome for outcome in Outcome if outcome == self.outcome), None)

    @property
    def status(self) -> Status | None:
        """The newest evaluation; None before the first, and where it cannot be read."""
        try:
            return Status.model_validate_json(self.status_document) if self.status_document else None
        except ValidationError:
            return None

    def read_policy(self) -> Policy | None:
        """Return the policy; None where it cannot be read, for example after a release that removed a key."""
        try:
            return policy_of_json(self.policy) if self.policy else None
        except (ValueError, RecursionError):
            return None

    def without_documents(self) -> "RolloutEntry":
        """Return the entry as that of a rollout that was not evaluated yet, by a policy that is not known."""
        return self.model_copy(update={"status_document": "", "policy": ""})


_DECIDING = {"target", "entry", "outcome"}
"""What no page can do without: which rollout it is, and whether and how it has ended."""


def read_entry(entry: dict[str, Any]) -> tuple[RolloutEntry, str]:
    """Return the entry of a rollout without the attributes that cannot be read, and which these are; empty if none.

    Raises ValidationError where the alias, the key or the outcome cannot be read.
    """
    try:
        return RolloutEntry.model_validate(entry), ""
    except ValidationError as error:
        unreadable = {detail["loc"][0] for detail in error.errors(include_url=False)}
        if unreadable & _DECIDING:
            raise
        rest = {name: value for name, value in entry.items() if name not in unreadable}
        return RolloutEntry.model_validate(rest), format_problems(error)


class QueueEntry(Value):
    """The entry of a version that waits for its turn."""

    target: str
    entry: str
    queued: QueuedVersion


def target_of(partition: str) -> Target:
    """Return the alias of a partition key `account/region/function/alias`."""
    account, region, function, alias, *_ = [*partition.split("/", 3), "", "", "", ""]
    return Target(account=account, region=region, function=function, alias=alias)


def entry_of(partition: str, lock: Lock) -> RolloutEntry:
    """Return the entry of a rollout of which only the lock is known; its key stays empty."""
    return RolloutEntry(
        target=partition,
        entry="",
        execution_arn=lock.holder.arn,
        stable_version=lock.stable_version,
        canary_version=lock.canary_version,
        started_at=lock.holder.started_at,
    )


def read_rollouts(entries: list[dict[str, Any]]) -> list[RolloutEntry]:
    """Return the entries of rollouts in the same order, each as far as it can be read."""
    found = []
    for entry in entries:
        try:
            found.append(read_entry(entry)[0])
        except ValidationError:
            continue
    return found


def read_queued(entry: dict[str, Any]) -> QueueEntry | None:
    """Return the entry of a version that waits; None where it cannot be read."""
    try:
        queued = QueuedVersion.model_validate_json(entry.get("queued", ""))
        return QueueEntry(target=entry["target"], entry=entry["entry"], queued=queued)
    except ValidationError:
        return None
