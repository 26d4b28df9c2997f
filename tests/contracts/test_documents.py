"""What the documents promise is there: links, paths, make targets, sources, fields of the cards."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipelines import contracts
from pipelines.contract_model import Indicator

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *(file for room in ("data_contracts", "pipelines", "dashboards") for file in sorted((ROOT / room).rglob("*.md"))),
]
LINK = re.compile(r"\]\((?!https?:|#)([^)]+)\)")
PLACE = re.compile(r"`((?:pipelines|warehouse|dashboards|data_contracts|tests)/[\w./]*)`")


def _text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    places = {ROOT / place for place in PLACE.findall(text) if "NAME" not in place}
    links = {document.parent / link.partition("#")[0] for link in LINK.findall(text)}
    missing = [str(place) for place in places | links if not place.exists()]
    assert not missing


def test_every_decision_has_a_number_of_its_own_which_its_heading_bears() -> None:
    files = sorted((ROOT / "data_contracts" / "decisions").glob("[0-9]*.md"))
    numbers = [file.name[:4] for file in files]
    assert len(set(numbers)) == len(numbers)
    assert [file.read_text(encoding="utf-8")[2:6] for file in files] == numbers


def test_the_readme_names_every_source_and_no_other() -> None:
    rows = re.findall(r"^\s*\| `(\w+)` \|", _text("README.md"), re.MULTILINE)
    assert sorted(rows) == sorted(contracts.sources())


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), re.MULTILINE))
    named = set()
    for file in ("README.md", "CONTRIBUTING.md"):
        for block in re.findall(r"`make ([a-z ]+)`|^make ([a-z]+)", _text(file), re.MULTILINE):
            named |= {target for words in block for target in words.split()}
    assert {"demo", "test", "lint"} <= named
    assert named <= targets


def test_the_guide_to_cards_explains_every_field_once() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", _text("data_contracts/indicators/README.md"), re.MULTILINE)
    assert sorted(explained) == sorted(set(Indicator.__dataclass_fields__) - {"unit_code"})


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads(_text("pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in _text("CHANGELOG.md")


def test_glossary_terms_stand_once() -> None:
    terms = re.findall(r"^\| ([^|]+) \|", _text("data_contracts/glossary.md"), re.MULTILINE)[1:]
    assert len(terms) > 10
    assert len(set(terms)) == len(terms)


def test_the_licence_is_whole() -> None:
    text = _text("LICENSE")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    for article in range(1, 16):
        assert re.search(rf"^{article}\.\s?[A-Z]", text, re.MULTILINE), article
    assert "Appendix" in text
    assert "Strong Reciprocity (LiLiQ-R+)" in text
