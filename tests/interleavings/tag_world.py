"""Two functions with one value of the tag `rollout:release`, the events of their versions, and AWS in memory."""

import json
from datetime import timedelta
from typing import Any

from rollout.aws.dynamodb.items import partition
from rollout.lifecycle.guardian.missed_versions import Sighting
from rollout.state.releases.release import Release
from tests.interleavings.actors import Actor, write_call
from tests.interleavings.execution import Execution
from tests.interleavings.lambda_client import LambdaClient
from tests.interleavings.release_world import (
    FUNCTIONS,
    RELEASE_STATE_MACHINE,
    Fleet,
    ReleaseExecution,
    ReleaseWorld,
    StepFunctions,
)
from tests.interleavings.scenario import POLICY
from tests.interleavings.states_language import Document
from tests.interleavings.tagging_client import TaggingClient
from tests.samples import AT, EXECUTION, TARGET

TAGS = {"rollout:alias": "live", "rollout:release": "shop"}
_ROUNDS = 24
"""Rounds of ten minutes: the hourly retry of a refused release has its turn."""


class PublishingFunction(LambdaClient):
    """A function that publishes versions, and whose tag lets them wait for a release."""

    def __init__(self) -> None:
        super().__init__(lambda _before, _after: None)
        self.versions = ["1"]

    def publish(self) -> str:
        """Publish the next version; return it."""
        self.versions.append(str(len(self.versions) + 1))
        return self.versions[-1]

    def get_function(self, *, Qualifier: str | None = None, **request: Any) -> dict[str, Any]:  # noqa: N803 - AWS's own
        response = super().get_function(Qualifier=Qualifier, **request)
        return response if Qualifier else response | {"Tags": TAGS}

    def list_versions_by_function(self, **_: Any) -> dict[str, Any]:
        return {"Versions": [{"Version": name} for name in ("$LATEST", *self.versions)]}


class StartingStepFunctions(StepFunctions):
    """A Step Functions client that also starts releases."""

    _world: "TagWorld"

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 - AWS's own
        assert stateMachineArn == RELEASE_STATE_MACHINE, f"{name} rolls out a version that waits for a release"
        write_call(lambda: self._start(name, json.loads(input)))

    def _start(self, name: str, request: Document) -> None:
        for execution in self._world.executions:
            if execution.name == name and execution.is_running and execution.request == request:
                return  # StartExecution is idempotent while the execution runs
            if execution.name == name:
                raise self.exceptions.ExecutionAlreadyExists
        self._world.start_release(name, request)


class TagWorld(ReleaseWorld):
    """The aliases, the ledger, the executions, the guardians and the events of two functions with one tag."""

    def __init__(self) -> None:
        super().__init__()
        self.functions = {name: PublishingFunction() for name in FUNCTIONS}
        self.lambda_, self.executions = Fleet(self.functions), []
        self.step_functions = StartingStepFunctions(self)
        self.tagging = TaggingClient(dict.fromkeys(FUNCTIONS, TAGS))
        self.events: list[tuple[str, str]] = []
        """The function and the version of each event that has not arrived, or that arrives again."""
        self.releases_over: dict[int, int] = {}
        """How many releases were over when each task of StartRollout began."""
        self.by_hand: list[Execution] = []
        """The rollouts that a person has started."""
        for function in FUNCTIONS:
            self._remember_first_version(function)

    def _remember_first_version(self, function: str) -> None:
        """Let an earlier sweep have seen the first version, so that every later one is new."""
        seen = Sighting(settled="1", seen_at=AT - timedelta(hours=1))
        target = partition(TARGET.model_copy(update={"function": function}))
        self.dynamodb.add({"target": target, "entry": "sighting", "sighting": seen.model_dump_json()})

    @property
    def releases(self) -> list[ReleaseExecution]:
        """The releases that the tag has started, in order."""
        return [each for each in self.executions if isinstance(each, ReleaseExecution)]

    def newest(self) -> dict[str, str]:
        """Return the newest version of each function."""
        return {name: client.versions[-1] for name, client in self.functions.items()}

    def publish(self, function: str) -> None:
        """Publish a version; its event is on its way."""
        self.events.append((function, self.functions[function].publish()))

    def deliver(self, index: int, *, again: bool = False) -> Actor:
        """Let an event arrive, which may come again; return the task of StartRollout."""
        function, version = self.events[index] if again else self.events.pop(index)
        place = {"account": TARGET.account, "region": TARGET.region}
        event = {"source": "rollouts", "detail-type": "Version Published"} | place
        detail = {"function": function, "version": version}
        task = self.act("StartRollout", "start_rollout", event | {"detail": detail})
        self.releases_over[id(task)] = self._over()
        return task

    def _over(self) -> int:
        return sum(not release.is_running for release in self.releases)

    def detached_actors(self) -> list[Actor]:
        """Return the running tasks without an execution; Lambda ends StartRollout before a release can be over."""
        for actor in self.actors:
            if self.releases_over.get(id(actor), self._over()) < self._over():
                actor.kill()
        return super().detached_actors()

    def start_release(self, name: str, request: Document) -> None:
        """Start a release, as StartExecution does."""
        at = self.now + timedelta(milliseconds=len(self.executions))
        self.executions.append(self.new_release(name, at, request))

    def start_by_hand(self, function: str) -> None:
        """Start a rollout of a function's newest version, as a person does."""
        name = f"by-hand-{len(self.executions)}"
        arn = f"{EXECUTION.arn.rpartition(':')[0]}:{name}"
        request = {"function": function, "version": self.newest()[function], "policy": POLICY}
        self.by_hand.append(Execution(arn, name, self.now, request, self._work))
        self.executions.append(self.by_hand[-1])

    def waiting(self) -> dict[str, str]:
        """Return the versions that wait in the ledger, by their functions."""
        group = next((each for each in self.dynamodb.entries() if each["entry"] == "waiting"), {})
        return {name: str(group[f"version_{name}:live"]) for name in FUNCTIONS if f"version_{name}:live" in group}

    def recorded(self) -> list[dict[str, str]]:
        """Return the versions of each release that the ledger has, by their functions, in the order of their starts."""
        return [{part.function: part.canary_version for part in each.parts} for each in self._documents()]

    def left_out(self) -> list[tuple[str, str]]:
        """Return each function and version that a release in the ledger was started with and does not have."""
        requested = {each.arn: versions_of(each.request) for each in self.releases}
        recorded = {each.execution.arn: {part.function for part in each.parts} for each in self._documents()}
        return [each for arn, names in recorded.items() for each in requested[arn].items() if each[0] not in names]

    def _documents(self) -> list[Release]:
        entries = [each for each in self.dynamodb.entries() if each["entry"].startswith("parts#")]
        documents = [Release.model_validate_json(each["release_document"]) for each in entries]
        return sorted(documents, key=lambda each: each.execution.started_at)

    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def settle(self) -> None:
        """Let every actor and every execution finish, while both sweeps of the guardian run."""
        for actor in self.detached_actors():
            actor.finish()
        for _ in range(_ROUNDS):
            self.advance()
            for sweep in ("versions", "aliases"):
                self.start_guardian(sweep).finish()
            self.now += timedelta(minutes=10)


def versions_of(request: Document) -> dict[str, str]:
    """Return the versions that the input of a release names, by their functions."""
    return {part["function"]: part["version"] for part in request["functions"]}
