"""What the modules of `rollout.aws` and the state machine say about AWS calls, read from their syntax."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore import xform_name

from tests.repository.aws_behaviour.models import service
from tests.repository.sources import LAYER, ROOT, imports, package_files, tree

STATES = json.loads((ROOT / "statemachine/rollout.asl.json").read_text())["States"]
SDK = re.compile(r"arn:.*:states:::aws-sdk:(\w+):(\w+)")


def part_of(path: Path) -> str:
    """Return the package or the module below `rollout.aws` that a file belongs to."""
    return path.relative_to(LAYER / "aws").parts[0].removesuffix(".py")


def parts() -> dict[str, list[Path]]:
    """Return the files of each part."""
    found: dict[str, list[Path]] = {}
    for path in package_files("aws"):
        found.setdefault(part_of(path), []).append(path)
    return found


def services() -> set[str]:
    """Return the services that a client is created for."""
    return {
        argument.value
        for node in ast.walk(tree(LAYER / "aws/boto/clients.py"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "client"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }


def calls(files: list[Path]) -> set[str]:
    """Return the operations that files name: as a method of anything, or as the argument of get_paginator."""
    named = {name for path in files for name in _method_names(path)}
    # Two services have a StartQuery: the files that call it also name the client of theirs.
    methods = {
        xform_name(operation): f"{name}:{operation}"
        for name in sorted(services(), key=lambda name: (f"{name}_client" in named, name))
        for operation in service(name).operation_names
    }
    return {methods[name] for name in named if name in methods}


def _method_names(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.Attribute(attr=name):
                yield name
            case ast.Call(func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=str(name))]):
                yield name


def library_classes(files: list[Path]) -> set[str]:
    """Return the names that files import."""
    return {name.rsplit(".", 1)[-1] for path in files for name in imports(path)}


def caught(files: list[Path]) -> set[str]:
    """Return the errors that files catch as an attribute of `client.exceptions`."""
    return {
        node.attr
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "exceptions"
    }


def field_names(files: list[Path]) -> set[str]:
    """Return the names with a capital letter that files use as a keyword, a key, a subscript or in `.get()`.

    AWS begins its fields with a capital letter, and this package nothing else. Step Functions does not, so its module
    is read without that rule.
    """
    return {name for path in files for name in _names(path) if name[:1].isupper() or path.stem == "step_functions"}


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.Call(func=function, args=arguments, keywords=keywords):
                yield from (keyword.arg for keyword in keywords if keyword.arg)
                is_get = isinstance(function, ast.Attribute) and function.attr == "get"
                yield from _constants(arguments[:1] if is_get else [])
            case ast.Dict(keys=keys):
                yield from _constants(keys)
            case ast.Subscript(slice=key):
                yield from _constants([key])
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]):
                yield from _constants([left])


def _constants(nodes: list[Any]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def sdk_tasks() -> dict[str, dict[str, Any]]:
    """Return the Task states that call an AWS API without a function, by operation, such as `lambda:UpdateAlias`."""
    found = {}
    for state in STATES.values():
        if match := SDK.fullmatch(state.get("Resource", "")):
            found[f"{match[1]}:{match[2][0].upper()}{match[2][1:]}"] = state
    return found


def parameters(value: Any) -> Any:
    """Return the parameters of a Task without the suffix of paths, and a path or a function as an example text."""
    if not isinstance(value, dict):
        return "42"
    return {name.removesuffix(".$"): parameters(each) for name, each in value.items()}


def task_errors(state: dict[str, Any]) -> set[str]:
    """Return the errors of the service that a Task retries or catches by name."""
    names = {name for rule in (*state["Retry"], *state["Catch"]) for name in rule["ErrorEquals"]}
    return {name.split(".", 1)[1] for name in names if not name.startswith("States.")}


def task_fields(state: dict[str, Any]) -> set[str]:
    """Return the fields of the response that a Task's ResultSelector reads."""
    return set(re.findall(r"\$\.(\w+)", json.dumps(state["ResultSelector"])))
