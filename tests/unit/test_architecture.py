"""The arrows between the rooms point one way, and the rooms keep their measures.

functions -> rollout.aws, rollout; rollout.aws -> rollout; rollout -> pydantic and the standard library.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "rollout"
AWS = sorted((LAYER / "rollout" / "aws").rglob("*.py"))
PURE = sorted(path for path in (LAYER / "rollout").rglob("*.py") if path not in AWS)
FUNCTIONS = sorted((ROOT / "functions").rglob("*.py"))
SANDBOX = sorted((ROOT / "sandbox").rglob("*.py"))
TOOLS = sorted((ROOT / "statemachine").rglob("*.py")) + sorted((ROOT / "benchmarks").rglob("*.py"))
OURS = [*PURE, *AWS, *FUNCTIONS, *SANDBOX]

AWS_LIBRARIES = {"boto3", "botocore", "aws_lambda_powertools"} | {
    f"mypy_boto3_{service}"
    for service in (
        "cloudtrail",
        "cloudwatch",
        "dynamodb",
        "events",
        "lambda",
        "resourcegroupstaggingapi",
        "sns",
        "ssm",
        "stepfunctions",
    )
}
IMPURE = {"os", "time", "random", "secrets", "uuid", "socket", "subprocess", "threading", "urllib", "http", "pathlib"}
CLOCKS = {"now", "utcnow", "today"}
MOST_HANDLER_LINES = 30
MOST_MEDIAN_LINES = 8


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), named(path))


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted name of everything a file imports, wherever in it; relative ones are ruled out by ruff."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                yield from (f"{module}.{alias.name}" for alias in node.names)


def rooms(path: Path) -> set[str]:
    """The rooms a file imports from: rollout.aws, rollout, or the outermost name of anything else."""
    return {_room(name) for name in imports(path)}


def _room(name: str) -> str:
    return "rollout.aws" if f"{name}.".startswith("rollout.aws.") else name.split(".", maxsplit=1)[0]


def beyond(paths: list[Path], *allowed: str) -> dict[str, set[str]]:
    """What files import besides the standard library and the rooms they may see, by file; empty if all is well."""
    known = {*allowed, *sys.stdlib_module_names}
    return {named(path): strange for path in paths if (strange := rooms(path) - known)}


def test_the_pure_room_sees_pydantic_and_the_standard_library_alone():
    assert beyond(PURE, "rollout", "pydantic", "pydantic_core") == {}


def test_the_pure_room_knows_no_clock_no_chance_and_no_world_outside():
    assert {named(path): found for path in PURE if (found := rooms(path) & IMPURE | _clocks(path))} == {}


def _clocks(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)} & CLOCKS


def test_the_aws_room_sees_aws_and_the_pure_room():
    assert beyond(AWS, "rollout", "rollout.aws", *AWS_LIBRARIES) == {}


def test_a_function_sees_the_layer_and_no_other_function():
    assert beyond(FUNCTIONS, "rollout", "rollout.aws") == {}


def test_a_handler_file_is_short():
    lines = {named(path): len(path.read_text().splitlines()) for path in FUNCTIONS}
    assert {name: length for name, length in lines.items() if length > MOST_HANDLER_LINES} == {}


def test_nothing_we_ship_sees_the_tests():
    assert [named(path) for path in [*OURS, *TOOLS] if "tests" in rooms(path)] == []


def test_the_template_does_not_know_the_sandbox():
    """A description may tell people what a parameter is there for."""
    lines = (ROOT / "template.yaml").read_text().lower().splitlines()
    assert [line for line in lines if "sandbox" in line and "description:" not in line] == []


def test_no_file_is_named_for_having_no_subject():
    assert [named(path) for path in [*OURS, *TOOLS] if path.stem in {"utils", "util", "common", "helpers"}] == []


def test_the_modules_of_the_layer_form_no_cycle():
    modules = {_module(path): path for path in [*PURE, *AWS]}
    graph = {name: {_nearest(found, modules) for found in imports(path)} - {None} for name, path in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(LAYER).with_suffix("").parts).removesuffix(".__init__")


def _nearest(name: str, modules: dict[str, Path]) -> str | None:
    """The module of ours that an import reaches: `rollout.models.Rollout` is in `rollout.models`."""
    return name if name in modules else next((m for m in [name.rpartition(".")[0]] if m in modules), None)


def test_functions_are_short():
    assert median(_length(node) for path in OURS for node in _functions(path)) <= MOST_MEDIAN_LINES


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring's."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_every_error_says_when_it_is_raised():
    classes = [node for path in OURS for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    errors = [node for node in classes if node.name.endswith("Error")]
    assert [node.name for node in errors if not (ast.get_docstring(node) or "").startswith("When ")] == []
    assert len(errors) > 1


def test_no_room_is_empty():
    """Else a room that moved would pass every test here unseen."""
    assert all([PURE, AWS, FUNCTIONS, SANDBOX, TOOLS])
