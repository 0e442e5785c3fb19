"""Imports point one way: package by package in the layer, folder by folder in the repository."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.repository.packages import AWS, CLOCKS, IMPURE, LAYER, LIBRARIES, PURE, REPOSITORY, SEEDED
from tests.repository.sources import ROOT, files, imports, named, nodes, package_files

LAYER_FILES = files("layers/rollout/rollout")
MODULES = {".".join(path.relative_to(ROOT / "layers/rollout").with_suffix("").parts): path for path in LAYER_FILES}


def top(name: str) -> str:
    """Return the outermost package of a dotted name; every service's type stubs count as `mypy_boto3`."""
    outermost = name.split(".", maxsplit=1)[0]
    return "mypy_boto3" if outermost.startswith("mypy_boto3_") else outermost


def forbidden_imports(paths: list[Path], allowed: tuple[str, ...]) -> dict[str, set[str]]:
    """Return what files import besides the standard library and what they may, by file."""
    known = {*allowed, *sys.stdlib_module_names}
    found = {named(path): {top(name) for name in imports(path)} - known for path in paths}
    return {name: packages for name, packages in found.items() if packages}


def layer_packages(path: Path) -> set[str]:
    """Return the packages of the layer that a file imports from."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("rollout.")}


@pytest.mark.parametrize("folder", REPOSITORY)
def test_folder_imports_only_what_it_may(folder):
    assert forbidden_imports(files(folder), REPOSITORY[folder]) == {}


def test_every_folder_with_programs_has_its_row():
    folders = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts}
    assert {folder for folder in folders if not folder.startswith(".")} == {
        *(folder.split("/")[0] for folder in REPOSITORY),
        "tests",
    }


@pytest.mark.parametrize("package", LAYER)
def test_package_imports_only_packages_below_it(package):
    found = {named(path): layer_packages(path) - {package, *LAYER[package]} for path in package_files(package)}
    assert {name: above for name, above in found.items() if above} == {}


def test_every_package_has_its_row_above_those_it_imports():
    order = list(LAYER)
    assert {path.stem for path in (ROOT / "layers/rollout/rollout").iterdir() if path.stem[0] != "_"} == set(order)
    assert [name for name, below in LAYER.items() if any(order.index(one) > order.index(name) for one in below)] == []


@pytest.mark.parametrize("package", [package for package in LAYER if package not in ("aws", "tasks")])
def test_decisions_are_pure(package):
    paths = package_files(package)
    assert forbidden_imports(paths, ("rollout", *PURE, *LIBRARIES.get(package, ()))) == {}
    impure = {"sys"} if package != "schema" else set()
    used = {
        named(path): {top(name) for name in {*imports(path)} - SEEDED} & (IMPURE | impure) | _clocks(path)
        for path in paths
    }
    assert {name: found for name, found in used.items() if found} == {}


def _clocks(path: Path) -> set[str]:
    return {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)} & CLOCKS


def test_only_the_adapters_import_aws_libraries():
    others = [path for path in LAYER_FILES if "aws" not in path.parts[path.parts.index("rollout") :]]
    found = {named(path): {top(name) for name in imports(path)} & {*AWS} for path in others}
    assert {name: libraries for name, libraries in found.items() if libraries} == {}


@pytest.mark.parametrize("package", LIBRARIES)
def test_library_of_one_package_is_imported_by_no_other(package):
    others = [path for path in LAYER_FILES if package not in path.parts]
    found = {named(path): {top(name) for name in imports(path)} & {*LIBRARIES[package]} for path in others}
    assert {name: libraries for name, libraries in found.items() if libraries} == {}


def test_modules_of_the_layer_form_no_cycle():
    graph = {name: {_nearest(found) for found in imports(path)} - {None, name} for name, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def _nearest(name: str) -> str | None:
    """Return the module of the layer that an import reaches, such as `rollout.state.alias` for its AliasState."""
    return next((module for module in (name, name.rpartition(".")[0]) if module in MODULES), None)


@pytest.mark.parametrize("folder", REPOSITORY)
def test_nothing_outside_the_tests_imports_them(folder):
    assert [named(path) for path in files(folder) if "tests" in map(top, imports(path))] == []


def test_the_template_does_not_know_the_sandbox():
    """A description may tell people what a parameter is there for."""
    lines = (ROOT / "template.yaml").read_text().lower().splitlines()
    assert [line for line in lines if "sandbox" in line and "description:" not in line] == []
