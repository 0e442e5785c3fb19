"""Applies the DeadLetterConfig of a function that CloudFormation creates."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from functools import partial

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from sandbox.emulator.seams import Original, Record

_FUNCTION = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]


def _create(original: Original, logical_id: str, properties: Record, stack: str) -> tuple[str, Record]:
    created: tuple[str, Record] = original(logical_id, properties, stack)
    name, _attributes = created
    if "DeadLetterConfig" in properties:
        lambda_svc._functions[name]["config"]["DeadLetterConfig"] = properties["DeadLetterConfig"]
    return created


_FUNCTION["create"] = partial(_create, _FUNCTION["create"])
