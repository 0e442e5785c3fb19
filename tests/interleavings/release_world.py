"""Two functions that one release rolls out, with everything that writes their aliases, and AWS in memory."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout
from tests.interleavings.actors import Actor, CallOutcome, read_call, write_call
from tests.interleavings.dynamodb_client import DynamoDbClient
from tests.interleavings.execution import Execution, select_result, task_input
from tests.interleavings.handlers import folder_name, run_handler
from tests.interleavings.lambda_client import LambdaClient
from tests.interleavings.scenario import EVALUATIONS, POLICY
from tests.interleavings.states_language import Document
from tests.interleavings.tagging_client import TaggingClient
from tests.release_samples import RELEASE_EXECUTION
from tests.samples import AT, EXECUTION, judgement
from tests.statemachine.machine import RELEASE_ASL, substitute

FUNCTIONS = ("cart", "checkout")
RELEASE_STATE_MACHINE = RELEASE_EXECUTION.arn.rpartition(":")[0].replace(":execution:", ":stateMachine:")
_STATES = json.loads(substitute(RELEASE_ASL.read_text()))["States"]
_ROUNDS, _STEPS_PER_ROUND = 14, 60


@dataclass
class ReleaseExecution(Execution):
    """An execution of the state machine of releases; each step of StartRollouts starts one rollout."""

    start_part: Callable[[Document], None] = lambda _item: None

    def _call_hooks(self, state: Document) -> None:
        started = self.document.get("started", 0)
        if started < len(self.document["starts"]):
            self.start_part(self.document["starts"][started])
            self.document = self.document | {"started": started + 1}
        else:
            self._enter(state["Next"])


class Fleet:
    """A Lambda client of two functions, each with its own alias."""

    exceptions = LambdaClient.exceptions

    def __init__(self, functions: Mapping[str, LambdaClient] | None = None) -> None:
        self.functions = functions or {name: LambdaClient(lambda _before, _after: None) for name in FUNCTIONS}

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            name = request["FunctionName"].split(":")
            function = next(function for function in FUNCTIONS if function in name)
            return getattr(self.functions[function], operation)(**request)

        return call

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=lambda **request: iter([self.list_versions_by_function(**request)]))


class StepFunctions:
    """A Step Functions client of both state machines."""

    exceptions = SimpleNamespace(
        ExecutionDoesNotExist=type("DoesNotExist", (Exception,), {}),
        ExecutionAlreadyExists=type("AlreadyExists", (Exception,), {}),
    )

    def __init__(self, world: "ReleaseWorld") -> None:
        self._world = world

    def describe_execution(self, *, executionArn: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        response: dict[str, str] = read_call(lambda: self._describe(executionArn))
        return response

    def stop_execution(self, *, executionArn: str, **_: Any) -> None:  # noqa: N803 - AWS's own name
        write_call(lambda: next(each for each in self._world.executions if each.arn == executionArn).stop())

    def _describe(self, arn: str) -> dict[str, str]:
        found = next((each for each in self._world.executions if each.arn == arn), None)
        if found is None:
            raise self.exceptions.ExecutionDoesNotExist
        return {"status": found.status, "error": found.state if found.status == "FAILED" else ""}


class ReleaseWorld:
    """The aliases, the ledger, the executions and the guardians of one release."""

    def __init__(self, **after: list[str]) -> None:
        self.now: datetime = AT
        self.freeze = None
        self.evaluations = dict.fromkeys(FUNCTIONS, "ends_step")
        """What an evaluation of each function results in."""
        self.lambda_, self.dynamodb = Fleet(), DynamoDbClient(lambda _before, _after: None)
        self.step_functions = StepFunctions(self)
        self.tagging = TaggingClient({})
        self.actors: list[Actor] = []
        """The guardians, and the tasks of commands."""
        functions = [{"function": name, "after": after.get(name, [])} for name in FUNCTIONS]
        self.release = self.new_release(
            RELEASE_EXECUTION.name,
            RELEASE_EXECUTION.started_at,
            {"release": "2026-11-25.3", "functions": functions},
        )
        self.executions: list[Execution] = [self.release]

    def new_release(self, name: str, started_at: datetime, request: Document) -> ReleaseExecution:
        """Return an execution of the state machine of releases, which has not begun."""
        return ReleaseExecution(
            f"{RELEASE_EXECUTION.arn.rpartition(':')[0]}:{name}",
            name,
            started_at,
            request,
            self._work,
            state="PrepareRelease",
            states=_STATES,
            start_part=self._start_part,
        )

    @property
    def parts(self) -> list[Execution]:
        return [each for each in self.executions if not isinstance(each, ReleaseExecution)]

    def served(self) -> list[str | None]:
        """Return the version that each alias serves alone; None for a split one."""
        return [function.routing.unsplit_version for function in self.lambda_.functions.values()]

    def judge(self, rollout: Rollout) -> Judgement:
        """Return the judgement of an evaluation now."""
        return judgement().model_copy(update=EVALUATIONS[self.evaluations[rollout.target.function]])

    def start_guardian(self, sweep: str = "aliases") -> Actor:
        return self.act("Guardian", "guardian", {"sweep": sweep})

    def give(self, **request: str) -> Actor:
        """Give a command, as an operator does."""
        name = f"command-{len(self.actors)}"
        execution = {"arn": f"{EXECUTION.arn.rpartition(':')[0]}-commands:{name}", "name": name}
        event = {"request": request | {"why": "by the test"}, "execution": execution | {"started_at": AT.isoformat()}}
        return self.act("TakeCommand", "take_command", event)

    def act(self, name: str, folder: str, event: Document) -> Actor:
        """Start a handler that no state machine calls."""
        actor = Actor(name, folder, lambda: run_handler(folder, event))
        self.actors.append(actor)
        return actor

    def advance(self, until: Callable[[], bool] = lambda: False, outcome: CallOutcome = CallOutcome.ANSWERED) -> None:
        """Let every execution take some steps, one after the other, or until a condition is met."""
        for execution in [*self.executions]:
            for _ in range(_STEPS_PER_ROUND):
                if execution.is_running and not until():
                    execution.advance(outcome)

    def detached_actors(self) -> list[Actor]:
        """Return the running guardians and commands, and the stale tasks."""
        stale = [task for execution in self.executions for task in execution.stale_tasks]
        return [actor for actor in [*self.actors, *stale] if not actor.has_ended]

    def settle(self) -> None:
        """Let every actor and every execution finish with every call answered, and then run the guardian."""
        for actor in self.detached_actors():
            actor.finish()
        for _ in range(_ROUNDS):
            self.advance()
            self.start_guardian().finish()
            self.now += timedelta(minutes=10)

    def kill_every_actor(self) -> None:
        """End every thread."""
        tasks = [execution.task for execution in self.executions if execution.task]
        for actor in [*self.detached_actors(), *tasks]:
            actor.kill()

    def format_history(self) -> str:
        """Return what happened, for the message of a broken promise."""
        paths = [f"{each.name} {each.status}: {' > '.join(each.path)}" for each in self.executions]
        aliases = [f"{name}: {client.history}" for name, client in self.lambda_.functions.items()]
        return "\n".join([*aliases, *paths, *map(str, self.dynamodb.entries())])

    def _start_part(self, item: Document) -> None:
        """Start the rollout of a part, as StartRollouts does; a name is accepted once."""
        arn = f"{EXECUTION.arn.rpartition(':')[0]}:{item['name']}"
        if not any(each.arn == arn for each in self.executions):
            at = self.now + timedelta(milliseconds=len(self.executions))
            request = {"policy": POLICY} | item["input"]
            self.executions.append(Execution(arn, item["name"], at, request, self._work))

    def _work(self, execution: Execution) -> Callable[[], Any]:
        document = task_input(execution)
        if execution.state == "RestoreAlias":
            return lambda: select_result("RestoreAlias", self.lambda_.update_alias(**document))
        return lambda: run_handler(folder_name(execution.state), document)
