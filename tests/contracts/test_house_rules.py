"""The rules of the house that no linter knows: who may open, read, import and say what."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(file for folder in ("pipelines", "warehouse", "dashboards") for file in (ROOT / folder).rglob("*.py"))
MODELS = sorted((ROOT / "warehouse" / "models").rglob("*.sql"))
LONGEST_MODULE = 450  # the house says about 400; a few lines over are no reason to split in a bad place
VAGUE_NAMES = {"utils", "util", "common", "helpers", "misc", "adhoc"}

SQL_OF_NAMES = {"warehouse/database.py", "warehouse/lake.py"}
"""Modules whose statements are put together from the names of tables and columns."""

SQL = re.compile(
    r"^\s*(?:SELECT|WITH\s+\w+\s+AS|INSERT\s+INTO|UPDATE|DELETE\s+FROM|CREATE|COPY|ATTACH|DETACH|DROP|ALTER|FROM)\s"
)


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _docstrings(tree: ast.Module) -> set[int]:
    """Ids of the string nodes that stand alone as a statement: docstrings, of modules, functions and constants."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _is_sql(text: str) -> bool:
    return SQL.match(text) is not None


def test_only_the_database_module_opens_duckdb() -> None:
    openers = [_name(file) for file in PYTHON if "duckdb.connect(" in file.read_text(encoding="utf-8")]
    assert openers == ["warehouse/database.py"]


def test_only_the_contracts_module_reads_contracts() -> None:
    readers = [_name(file) for file in PYTHON if any(text == "data_contracts" for _, text in _strings(_tree(file)))]
    assert readers == ["pipelines/contracts.py"]


def test_sql_lives_in_sql_files() -> None:
    found = [
        f"{_name(file)}:{line}: {text[:60]}"
        for file in PYTHON
        if _name(file) not in SQL_OF_NAMES
        for line, text in _strings(_tree(file))
        if _is_sql(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [("SELECT 1", True), ("\n  WITH a AS (", True), ("COPY FROM DATABASE x", True), ("Select a file", False)],
)
def test_sql_is_recognised(text: str, is_sql: bool) -> None:
    assert _is_sql(text) is is_sql


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.stem)
def test_a_model_says_its_grain_first_and_names_its_columns(model: Path) -> None:
    text = model.read_text(encoding="utf-8")
    assert re.match(r"-- grain: one row\b", text), "the first line of a model is its grain"
    last_select = text.lower().rsplit("\nselect", 1)[-1]
    assert not re.match(r"\s+\*", last_select), "the last select names its columns"


def test_pages_know_no_pipeline_and_the_pipeline_knows_no_page() -> None:
    """The command line starts both, so it alone may know the dashboards; what needs a role passes through doors (0014)."""
    crossed = [
        f"{_name(file)} imports {module}"
        for file in PYTHON
        for module in _imports(_tree(file))
        if _crosses(file, module)
    ]
    assert not crossed, "\n".join(crossed)


def _crosses(file: Path, module: str) -> bool:
    room, _, _ = _name(file).partition("/")
    top, _, _ = module.partition(".")
    if room == "dashboards":
        return top == "pipelines" and not _name(file).startswith("dashboards/restricted/")
    return top == "dashboards" and _name(file) != "pipelines/cli.py"


def test_the_program_imports_nothing_that_it_does_not_declare() -> None:
    """What only the tools of developers bring in would be missing, or another version, where they are not installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed, of_clusters = project["dependencies"], project["optional-dependencies"]["cluster"]
    in_clusters = [file for file in PYTHON if _name(file).startswith("pipelines/cluster/")]
    assert not _undeclared(sorted(set(PYTHON) - set(in_clusters)), needed)
    assert not _undeclared(in_clusters, [*needed, *of_clusters])


def _undeclared(modules: list[Path], lines: list[str]) -> set[str]:
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    owners = packages_distributions()
    imported = {module.partition(".")[0] for file in modules for module in _imports(_tree(file))}
    foreign = imported - sys.stdlib_module_names - {"pipelines", "warehouse", "dashboards"}
    return {name for name in foreign if not {canonicalize_name(owner) for owner in owners.get(name, [])} & declared}


def test_modules_stay_short_and_bear_a_name() -> None:
    for file in PYTHON:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE, _name(file)
        assert not {file.stem, *file.relative_to(ROOT).parent.parts} & VAGUE_NAMES, _name(file)


def test_test_modules_are_named_apart() -> None:
    """The tests are no package, so pytest knows a module by its name alone."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py") if "node_modules" not in path.parts)
    assert [name for name, count in names.items() if count > 1] == []
