"""Functions, files and folders stay small enough to be read at a glance."""

import ast
from collections import Counter
from statistics import median, quantiles

from tests.repository.packages import REPOSITORY
from tests.repository.sources import ROOT, files, functions, length, named, nodes, tree

PROGRAMS = [path for folder in REPOSITORY for path in files(folder)]

MOST_MEDIAN_LINES, MOST_P90_LINES, MOST_FUNCTION_LINES = 6, 18, 30
MOST_FILE_LINES, MOST_HANDLER_LINES = 200, 30
MOST_MODULES = 15
TESTS_TO_PRODUCT = (1.5, 2.5)


def lines(path) -> int:
    return len(path.read_text().splitlines())


def test_functions_are_short():
    lengths = [length(function) for path in PROGRAMS for function in functions(path)]
    assert median(lengths) <= MOST_MEDIAN_LINES
    assert quantiles(lengths, n=10)[-1] <= MOST_P90_LINES


def test_no_function_is_long():
    long = [
        f"{named(path)}:{function.lineno} {function.name} has {length(function)} lines"
        for path in PROGRAMS
        for function in functions(path)
        if length(function) > MOST_FUNCTION_LINES
    ]
    assert long == []


def test_no_file_is_long():
    assert {named(path): lines(path) for path in PROGRAMS if lines(path) > MOST_FILE_LINES} == {}


def test_a_handler_file_is_short():
    found = {named(path): lines(path) for path in files("functions")}
    assert {name: count for name, count in found.items() if count > MOST_HANDLER_LINES} == {}


def test_no_folder_holds_more_modules_than_a_glance_takes_in():
    modules = Counter(named(path.parent) for path in PROGRAMS if path.stem != "__init__")
    assert {folder: count for folder, count in modules.items() if count > MOST_MODULES} == {}


def test_the_tests_are_in_proportion_to_what_is_deployed():
    product = sum(map(lines, [*files("layers"), *files("functions")]))
    least, most = TESTS_TO_PRODUCT
    assert least <= sum(map(lines, files("tests"))) / product <= most


def test_no_file_is_named_for_having_no_subject():
    assert [named(path) for path in PROGRAMS if path.stem in {"utils", "util", "common", "helpers", "misc"}] == []


def test_every_package_says_what_it_holds():
    packages = [path for path in files("layers") if path.stem == "__init__"]
    assert [named(path) for path in packages if not ast.get_docstring(tree(path))] == []
    assert len(packages) > 1


def test_every_error_says_when_it_is_raised():
    classes = [node for path in PROGRAMS for node in nodes(path) if isinstance(node, ast.ClassDef)]
    errors = [node for node in classes if node.name.endswith("Error")]
    assert [node.name for node in errors if not (ast.get_docstring(node) or "").startswith("When ")] == []
    assert len(errors) > 1


def test_the_root_is_where_the_template_is():
    assert (ROOT / "template.yaml").exists()
