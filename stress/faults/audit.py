"""The records of the local AWS: alias updates from CloudTrail, and version events that StartRollout has handled."""

import json
import threading
from collections import Counter
from typing import Any, Self

from sandbox.server import Sandbox
from stress.faults.observed_rollout import AliasUpdate

BY_HAND = "edited by hand"
"""The alias description that marks this program's own edits."""
_RULE = "alias-updates"
_EVENT_PATTERN = '{"detail": {"eventName": [{"prefix": "UpdateAlias"}]}}'


class Audit:
    """Collects the records of every function for as long as its `with` block lasts."""

    def __init__(self, local: Sandbox) -> None:
        self._local = local
        self._lock = threading.Lock()
        self._updates: dict[str, list[AliasUpdate]] = {}
        self._handled_events: Counter[str] = Counter()
        self._stop = threading.Event()
        readers = (self._read_cloudtrail, self._read_decisions)
        self._threads = [threading.Thread(target=reader, daemon=True) for reader in readers]

    def __enter__(self) -> Self:
        events, queues = self._local.client("events"), self._local.client("sqs")
        self._queue = queues.create_queue(QueueName=_RULE)["QueueUrl"]
        events.put_rule(Name=_RULE, EventPattern=_EVENT_PATTERN)
        target = {"Id": "queue", "Arn": f"arn:aws:sqs:us-east-1:000000000000:{_RULE}"}
        events.put_targets(Rule=_RULE, Targets=[target])
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def updates(self, function: str) -> list[AliasUpdate]:
        """Return every successful UpdateAlias call on a function."""
        with self._lock:
            return [*self._updates.get(function, [])]

    def handled_version_events(self, function: str) -> int:
        """Return for how many published versions StartRollout has read the function."""
        return self._handled_events[function]

    def _read_cloudtrail(self) -> None:
        sqs = self._local.client("sqs")
        while not self._stop.is_set():
            received = sqs.receive_message(QueueUrl=self._queue, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            for message in received.get("Messages", []):
                self._record_update(json.loads(message["Body"])["detail"])
                sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])

    def _record_update(self, record: dict[str, Any]) -> None:
        parameters, caller = record["requestParameters"], record["userIdentity"]["arn"]
        function = parameters["functionName"].rpartition(":")[2]
        update = AliasUpdate(
            parameters.get("revisionId"),
            by_hand=parameters.get("description") == BY_HAND,
            by_guardian="GuardianFunctionRole" in caller,
        )
        with self._lock:
            self._updates.setdefault(function, []).append(update)

    def _read_decisions(self) -> None:
        with self._local.audit.open() as log:
            line = ""
            while not self._stop.wait(0.1):
                for part in log:
                    line += part
                    if line.endswith("\n"):  # otherwise the emulator is still writing the line
                        self._record_decision(json.loads(line))
                        line = ""

    def _record_decision(self, decision: dict[str, Any]) -> None:
        if "StartRollout" in decision["principal"] and decision["action"] == "lambda:GetFunction":
            self._handled_events[decision["resource"].rpartition(":")[2]] += 1
