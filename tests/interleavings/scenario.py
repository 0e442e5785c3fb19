"""One alias with everything that writes it, and AWS in memory; everything proceeds in atomic steps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rollout.aws.dynamodb.items import partition, stamp
from rollout.aws.dynamodb.locks import locks
from rollout.domain.enums import Verdict
from rollout.lifecycle.guardian.missed_versions import Sighting
from rollout.state.hold import Freeze
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout
from tests.interleavings.actors import Actor, CallOutcome
from tests.interleavings.dynamodb_client import DynamoDbClient
from tests.interleavings.execution import Execution, HooksFailedError, select_result, task_input
from tests.interleavings.handlers import folder_name, run_handler
from tests.interleavings.lambda_client import ANOTHER_WRITER, VERSIONS, LambdaClient, Routing
from tests.interleavings.promises import Promises
from tests.interleavings.step_functions_client import StepFunctionsClient
from tests.interleavings.tagging_client import TaggingClient
from tests.samples import AT, EXECUTION, TARGET, judgement

EVALUATIONS: dict[str, dict[str, Any]] = {
    "ends_step": {"verdict": Verdict.HEALTHY, "may_end_step": True},
    "healthy": {"verdict": Verdict.HEALTHY},
    "inconclusive": {"verdict": Verdict.INCONCLUSIVE},
    "unhealthy": {"verdict": Verdict.UNHEALTHY},
}
"""The results of an evaluation; `ends_step` ends each step, and the bake, at its first evaluation."""

HOOK_ANSWERS: dict[str, dict[str, Any]] = {
    "healthy": {"answer": "null"},
    "unhealthy": {"answer": '{"verdict": "unhealthy", "reason": "by the test"}'},
    "undecided": {"answer": '{"again_in": "60s"}'},
    "throttled": {"failure": {"Error": "Lambda.TooManyRequestsException", "Cause": "Rate Exceeded."}},
    "silent": {"failure": {"Error": "States.Timeout"}},
}
"""What the call of a hook returns; with any other name, all calls fail together, as with too large answers."""

POLICY = {"steps": [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}], "bake": "5m", "max_extension": "30m"}
_MAX_STEPS = 2000
_ROUNDS, _STEPS_PER_ROUND = 5, 120


def waits_for_hook(execution: Execution) -> bool:
    """Whether an execution waits until it calls a hook again."""
    hooks = (execution.document.get("hook_run") or {}).get("hooks", [])
    return execution.is_running and any(hook["again_at"] for hook in hooks)


class Scenario:
    """The alias, the ledger, the executions and the guardians."""

    def __init__(self) -> None:
        self.now: datetime = AT
        self.evaluations = dict.fromkeys(VERSIONS, "ends_step")
        """What an evaluation of each version results in."""
        self.freeze: Freeze | None = None
        self.hook_answer = "healthy"
        self.executions: list[Execution] = []
        self.guardians: list[Actor] = []
        self.operators: list[Actor] = []
        """The tasks of the command state machine."""
        self.promises = Promises(self)
        self.lambda_ = LambdaClient(self.promises.check_alias_write)
        self.dynamodb = DynamoDbClient(self.promises.check_ledger_write)
        self.step_functions = StepFunctionsClient(self)
        self.tagging = TaggingClient({TARGET.function: {"rollout:alias": TARGET.alias}})
        self._remember_newest_version()

    def _remember_newest_version(self) -> None:
        """Let an earlier sweep of versions have seen the newest version, so that the next one starts it."""
        at = AT - timedelta(hours=1)
        seen = Sighting(settled="1", waiting=VERSIONS[-1], waiting_since=at, seen_at=at)
        self.dynamodb.add({"target": partition(TARGET), "entry": "sighting", "sighting": seen.model_dump_json()})

    def execution(self, arn: str) -> Execution:
        return next(execution for execution in self.executions if execution.arn == arn)

    def start(self, request: dict[str, Any], name: str | None = None) -> Execution:
        """Start an execution, with a unique name if none is given."""
        name = name or f"by-hand-{len(self.executions)}"
        arn = EXECUTION.arn.rpartition(":")[0] + f":{name}"
        started_at = self.now + timedelta(milliseconds=len(self.executions))
        execution = Execution(arn, name, started_at, {"policy": POLICY} | request, self._work, self._answer_hook)
        self.executions.append(execution)
        return execution

    def request(self, version: str, **policy: object) -> Execution:
        """Start a rollout of a version, as an operator does."""
        return self.start({"function": "my-api", "version": version, "policy": POLICY | policy})

    def start_guardian(self, sweep: str = "aliases") -> Actor:
        guardian = Actor("Guardian", "guardian", lambda: run_handler("guardian", {"sweep": sweep}))
        guardian.first_seen_write = len(self.lambda_.history)
        self.guardians.append(guardian)
        return guardian

    def give(self, kind: str) -> Actor:
        """Give a command to the live rollout, as an operator does."""
        name = f"{kind}-{len(self.operators)}"
        execution = {"arn": EXECUTION.arn.rpartition(":")[0] + f"-commands:{name}", "name": name}
        event = {
            "request": {"function": "my-api", "alias": "live", "command": kind, "why": "by the test"},
            "execution": execution | {"started_at": self.now.isoformat()},
        }
        operator = Actor("TakeCommand", "operator", lambda: run_handler("take_command", event))
        self.operators.append(operator)
        return operator

    def pass_an_hour(self) -> None:
        self.now += timedelta(hours=1)

    def let_many_be_live(self, count: int) -> None:
        """Let the guardian have counted this many live rollouts in the account, until an hour has passed."""
        live = {"live": count, "counted_at": stamp(self.now)}
        self.dynamodb.add({"target": f"guardian/live/{TARGET.account}/{TARGET.region}", "entry": "count"} | live)

    def report_move(self) -> None:
        """Let CloudTrail report a move of the alias by another writer, as ReportAliasMove notes it."""
        locks().note_move(TARGET)

    def edit_alias(self, version: str, **weights: float) -> None:
        """Move the alias, as another writer does."""
        self.lambda_.move(Routing(version, weights, ANOTHER_WRITER))

    def run(
        self,
        execution: Execution,
        until: Callable[[], bool] = lambda: False,
        outcome: CallOutcome = CallOutcome.ANSWERED,
    ) -> None:
        """Advance an execution until it ends or a condition is met, each call with the same outcome.

        Raise AssertionError if neither happens within _MAX_STEPS steps.
        """
        for _ in range(_MAX_STEPS):
            if not execution.is_running or until():
                return
            execution.advance(outcome)
        raise AssertionError(f"{execution.name} does not end: {execution.path[-6:]}")

    def settle(self) -> None:
        """Let every actor and every execution finish with every call answered, and then run the guardian."""
        self.evaluations, self.freeze, self.hook_answer = dict.fromkeys(VERSIONS, "ends_step"), None, "healthy"
        for actor in self.detached_actors():
            actor.finish()
        for kind in ("release", "resume"):
            self.give(kind).finish()
        for _ in range(_ROUNDS):
            self._advance_every_execution()
            self._resume_again()
            self._pass_gates()
            if any(map(waits_for_hook, self.executions)):
                self.pass_an_hour()
            self.start_guardian().finish()

    def _resume_again(self) -> None:
        """Repeat the command to a rollout that waits: after a redrive, the first one met a decision from before it."""
        if any(execution.is_running for execution in self.executions):
            self.give("resume").finish()

    def check_settled(self) -> None:
        """Settle the scenario, and check the promises that hold afterwards."""
        self.settle()
        self.promises.check_settled()

    def _pass_gates(self) -> None:
        """Give what the rollouts wait for."""
        gates = [execution.document.get("gate") for execution in self.executions if execution.is_running]
        for gate in filter(None, gates):
            self.give("approve" if gate["approval"] else "resume").finish()

    def _advance_every_execution(self) -> None:
        for execution in [*self.executions]:
            for _ in range(_STEPS_PER_ROUND):
                if execution.is_running:
                    execution.advance()

    def detached_actors(self) -> list[Actor]:
        """Return the running guardians, the commands that are being taken, and the stale tasks."""
        stale_tasks = [task for execution in self.executions for task in execution.stale_tasks]
        return [actor for actor in [*self.guardians, *self.operators, *stale_tasks] if not actor.has_ended]

    def format_history(self) -> str:
        """Return the alias's history, each execution's path and the ledger, for the message of a broken promise."""
        paths = (f"{execution.name} {execution.status}: {' > '.join(execution.path)}" for execution in self.executions)
        return "\n".join([*map(str, self.lambda_.history), *paths, *map(str, self.dynamodb.entries())])

    def kill_every_actor(self) -> None:
        """End every thread of the scenario."""
        tasks = [execution.task for execution in self.executions if execution.task]
        for actor in [*self.detached_actors(), *tasks]:
            actor.kill()

    def _answer_hook(self) -> Any:
        if self.hook_answer not in HOOK_ANSWERS:
            raise HooksFailedError("States.DataLimitExceeded")
        return HOOK_ANSWERS[self.hook_answer]

    def _work(self, execution: Execution) -> Callable[[], Any]:
        document = task_input(execution)
        if execution.state == "RestoreAlias":
            return lambda: select_result("RestoreAlias", self.lambda_.update_alias(**document))
        return lambda: run_handler(folder_name(execution.state), document)

    def judge(self, rollout: Rollout) -> Judgement:
        """Return the judgement of an evaluation now."""
        return judgement().model_copy(update=EVALUATIONS[self.evaluations[rollout.canary_version]])
