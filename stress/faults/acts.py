"""What is done to a rollout from outside while a fault holds it."""

from collections.abc import Callable

from sandbox.shop import Shop
from stress.faults.cells import Act
from stress.faults.cloud import Cloud
from stress.faults.promises import CANARY, STRANGE


def _stop(cloud: Cloud, _shop: Shop, execution: str) -> None:
    stopped = {"error": "StoppedByHand", "cause": "the fault suite stops it"}
    cloud.client("stepfunctions").stop_execution(executionArn=execution, **stopped)


def _time_out(cloud: Cloud, _shop: Shop, execution: str) -> None:
    cloud.order("time-out", execution=execution)


def _edit(cloud: Cloud, shop: Shop, _execution: str) -> str:
    return cloud.move(shop, STRANGE)


def _delete(cloud: Cloud, shop: Shop, _execution: str) -> None:
    cloud.client("lambda").delete_function(FunctionName=shop.name, Qualifier=CANARY)


def _redeliver(cloud: Cloud, shop: Shop, _execution: str) -> None:
    cloud.order("redeliver", mentions=f":function:{shop.name}:{CANARY}")


def _publish(_cloud: Cloud, shop: Shop, _execution: str) -> None:
    shop.publish(delay_ms=3)


ACTS: dict[Act, Callable[[Cloud, Shop, str], str | None]] = {
    Act.STOP: _stop,
    Act.TIME_OUT: _time_out,
    Act.EDIT: _edit,
    Act.DELETE: _delete,
    Act.REDELIVER: _redeliver,
    Act.PUBLISH: _publish,
}
