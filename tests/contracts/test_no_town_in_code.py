"""No municipality stands in the code: a town is a settings file, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import contracts

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("pipelines", "warehouse", "dashboards")
CODE_ENDINGS = {".py", ".sql", ".toml", ".css", ".js", ".html", ".yaml"}


def _code_files() -> Iterator[Path]:
    for folder in CODE_FOLDERS:
        yield from (file for file in (ROOT / folder).rglob("*") if file.suffix in CODE_ENDINGS)


def _marks_of(file_name: str, settings: dict[str, object]) -> set[str]:
    """What would give a town away: its names with their inflected forms, its code, its Y-tunnus, its organisations."""
    town = settings["municipality"]
    assert isinstance(town, dict)
    umbrellas = settings["umbrella_organisations"]
    assert isinstance(umbrellas, list)
    stems = {re.escape(file_name[:-1]), re.escape(town["name"][:-1])}
    organisations = {re.escape(umbrella["fi"]) for umbrella in umbrellas if len(umbrella["fi"]) > 3}
    return stems | organisations | {rf"(?<!\d){town['code']}(?!\d)", re.escape(town["business_id"])}


TOWNS = {name: tomllib.loads(contracts.municipality_settings(name)) for name in contracts.known_municipalities()}


@pytest.mark.parametrize("town", TOWNS)
def test_no_town_in_code(town: str) -> None:
    pattern = re.compile("|".join(sorted(_marks_of(town, TOWNS[town]))), re.IGNORECASE)
    files = list(_code_files())
    assert len(files) > 10
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_marks_are_found_where_they_stand() -> None:
    marks = "|".join(
        _marks_of(
            "mallila",
            {
                "municipality": {"name": "Mällilä", "code": "123", "business_id": "1234567-8"},
                "umbrella_organisations": [{"fi": "Mallin Kylät ry"}, {"fi": "4H"}],
            },
        )
    )
    for line in ("Mällilän kaupunki", "init --municipality mallila", "KU123", "1234567-8", "mallin kylät ry"):
        assert re.search(marks, line, re.IGNORECASE), line
    for line in ("a sum of 1234 euros", "4H"):
        assert not re.search(marks, line, re.IGNORECASE), line


def test_a_real_town_is_shipped() -> None:
    assert TOWNS
