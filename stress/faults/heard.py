"""Listens to what the local AWS tells while the suite runs."""

import json
import threading
from collections import Counter
from typing import Any, Self

from sandbox.server import Sandbox
from stress.faults.promises import Update

BY_HAND = "edited by hand"
"""The description by which an edit of the suite's own is known."""


class Heard:
    """What is told of every function while the suite runs: updates of aliases, and events that were looked at."""

    def __init__(self, local: Sandbox) -> None:
        self._local = local
        self._lock = threading.Lock()
        self._updates: dict[str, list[Update]] = {}
        self._looked_at: Counter[str] = Counter()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=listen, daemon=True) for listen in (self._to_trail, self._to_audit)]

    def __enter__(self) -> Self:
        events, queues = self._local.client("events"), self._local.client("sqs")
        self._queue = queues.create_queue(QueueName="updates-of-aliases")["QueueUrl"]
        events.put_rule(
            Name="updates-of-aliases", EventPattern='{"detail": {"eventName": [{"prefix": "UpdateAlias"}]}}'
        )
        arn = "arn:aws:sqs:us-east-1:000000000000:updates-of-aliases"
        events.put_targets(Rule="updates-of-aliases", Targets=[{"Id": "queue", "Arn": arn}])
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def updates(self, function: str) -> list[Update]:
        """Return every UpdateAlias of a function that was carried out."""
        with self._lock:
            return [*self._updates.get(function, [])]

    def events_looked_at(self, function: str) -> int:
        """Return how many events of published versions StartRollout has looked at."""
        return self._looked_at[function]

    def _to_trail(self) -> None:
        sqs = self._local.client("sqs")
        while not self._stop.is_set():
            got = sqs.receive_message(QueueUrl=self._queue, WaitTimeSeconds=1, MaxNumberOfMessages=10).get(
                "Messages", []
            )
            for message in got:
                self._note(json.loads(message["Body"])["detail"])
                sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])

    def _note(self, told: dict[str, Any]) -> None:
        asked, author = told["requestParameters"], told["userIdentity"]["arn"]
        function = asked["functionName"].rpartition(":")[2]
        update = Update(
            asked.get("revisionId"),
            by_hand=asked.get("description") == BY_HAND,
            by_guardian="GuardianFunctionRole" in author,
        )
        with self._lock:
            self._updates.setdefault(function, []).append(update)

    def _to_audit(self) -> None:
        with self._local.audit.open() as audit:
            said = ""
            while not self._stop.wait(0.1):
                for part in audit:
                    said += part
                    if said.endswith("\n"):  # else the rest is still being written
                        self._note_decision(json.loads(said))
                        said = ""

    def _note_decision(self, decided: dict[str, Any]) -> None:
        if "StartRollout" in decided["principal"] and decided["action"] == "lambda:GetFunction":
            self._looked_at[decided["resource"].rpartition(":")[2]] += 1
