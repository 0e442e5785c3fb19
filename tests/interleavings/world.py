"""One alias, all who write it, and the AWS they see: everything is in memory and goes one atomic step at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rollout.domain.enums import Verdict
from rollout.state.rollout import Rollout
from tests.interleavings.actors import Actor, Fate
from tests.interleavings.functions import VERSIONS, Functions, Pointing
from tests.interleavings.handlers import folder, handle
from tests.interleavings.machine import Execution, given, selected
from tests.interleavings.promises import Promises
from tests.interleavings.step_functions import StepFunctions
from tests.interleavings.table import Table
from tests.samples import AT, EXECUTION, judgement

HEALTH = {
    "onward": {"verdict": Verdict.HEALTHY, "may_end_step": True},
    "steady": {"verdict": Verdict.HEALTHY},
    "thin": {"verdict": Verdict.INCONCLUSIVE},
    "unhealthy": {"verdict": Verdict.UNHEALTHY},
}
"""What looks may find; `onward` ends each step, and the bake, at its first look."""

POLICY = {"steps": [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}], "bake": "5m", "max_extension": "30m"}
_MANY_STEPS = 2000
_ROUNDS, _STEPS_A_ROUND = 5, 120


class World:
    """Everything there is."""

    def __init__(self) -> None:
        self.now: datetime = AT
        self.health = dict.fromkeys(VERSIONS, "onward")
        self.executions: list[Execution] = []
        self.guardians: list[Actor] = []
        self.promises = Promises(self)
        self.functions = Functions(self.promises.alias_written)
        self.table = Table(self.promises.entry_written)
        self.step_functions = StepFunctions(self)

    def execution(self, arn: str) -> Execution:
        return next(one for one in self.executions if one.arn == arn)

    def start(self, request: dict[str, Any], name: str | None = None) -> Execution:
        """Begin an execution, of a name of its own if none is given."""
        name = name or f"by-hand-{len(self.executions)}"
        arn = EXECUTION.arn.rpartition(":")[0] + f":{name}"
        started_at = self.now + timedelta(milliseconds=len(self.executions))
        begun = Execution(arn, name, started_at, {"policy": POLICY} | request, self._work)
        self.executions.append(begun)
        return begun

    def asked(self, version: str, **policy: object) -> Execution:
        """An operator asks for a version."""
        return self.start({"function": "my-api", "version": version, "policy": POLICY | policy})

    def guard(self, sweep: str = "aliases") -> Actor:
        """The guardian comes."""
        self.guardians.append(Actor("Guardian", "guardian", lambda: handle("guardian", {"sweep": sweep})))
        self.guardians[-1].came_at = len(self.functions.history)
        return self.guardians[-1]

    def pass_an_hour(self) -> None:
        self.now += timedelta(hours=1)

    def edit(self, version: str, **weights: float) -> None:
        """A stranger moves the alias."""
        self.functions.move(Pointing(version, weights, "stranger"))

    def run(self, execution: Execution, until: Callable[[], bool] = lambda: False, fate: Fate = Fate.ANSWERED) -> None:
        """Let an execution go on until it ends, or until something is so; each call with the same fate."""
        for _ in range(_MANY_STEPS):
            if not execution.is_running or until():
                return
            execution.go_on(fate)
        raise AssertionError(f"{execution.name} goes on for ever: {execution.way[-6:]}")

    def come_to_rest(self) -> None:
        """Let everybody finish, with nothing in the way, and the guardian come once more."""
        self.health = dict.fromkeys(VERSIONS, "onward")
        for actor in self.loose():
            actor.finish()
        for _ in range(_ROUNDS):
            self._everybody_goes_on()
            self.guard().finish()

    def _everybody_goes_on(self) -> None:
        for execution in self.executions:
            for _ in range(_STEPS_A_ROUND):
                if execution.is_running:
                    execution.go_on()

    def loose(self) -> list[Actor]:
        """Return the guardians and zombies that are still at work."""
        everybody = [*self.guardians, *(one for execution in self.executions for one in execution.zombies)]
        return [one for one in everybody if not one.has_ended]

    def told(self) -> str:
        """Return what has happened, for the message of a broken promise."""
        ways = (f"{one.name} {one.status}: {' > '.join(one.way)}" for one in self.executions)
        return "\n".join([*map(str, self.functions.history), *ways, *map(str, self.table.entries())])

    def abandon(self) -> None:
        """Leave everything as it is, for good."""
        tasks = [one.task for one in self.executions if one.task]
        for actor in [*self.loose(), *tasks]:
            actor.abandon()

    def _work(self, execution: Execution) -> Callable[[], Any]:
        document = given(execution)
        if execution.state == "RestoreAlias":
            return lambda: selected("RestoreAlias", self.functions.update_alias(**document))
        return lambda: handle(folder(execution.state), document)

    def judged(self, rollout: Rollout) -> Any:
        """Return what a look finds."""
        return judgement().model_copy(update=HEALTH[self.health[rollout.canary_version]])
