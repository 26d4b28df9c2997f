"""What a contract is once it is read: immutable types, and how spellings are folded for comparing.

Here belongs: the shapes that the rest of the project works with. Not here: reading files (`pipelines.contracts` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

LANGUAGES = ("fi", "sv", "en")


class ContractError(Exception):
    """A file in `data_contracts/` says something that the code can't do. For developers, in English."""


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the three languages."""

    fi: str
    sv: str
    en: str

    def __getitem__(self, language: str) -> str:
        """Return the sentence in a language of `LANGUAGES`."""
        return {"fi": self.fi, "sv": self.sv, "en": self.en}[language]

    def format(self, **values: object) -> Text:
        """Fill the placeholders of every language."""
        return Text(self.fi.format(**values), self.sv.format(**values), self.en.format(**values))


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a code list; `synonyms` are other spellings found in files, `facts` the fields beyond the labels."""

    code: str
    label: Text
    synonyms: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of codes with labels, in its own order."""

    id: str
    title: Text
    source: str
    entries: tuple[Entry, ...]

    def spellings(self) -> dict[str, str]:
        """Map every accepted spelling, folded by `fold`, to its code.

        Raises
        ------
        ContractError
            Two entries claim one spelling.
        """
        found: dict[str, str] = {}
        for entry in self.entries:
            for spelling in (entry.code, entry.label.fi, entry.label.sv, entry.label.en, *entry.synonyms):
                if found.setdefault(fold(spelling), entry.code) != entry.code:
                    raise ContractError(f"code list {self.id}: {spelling!r} means two codes")
        return found


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source or a table.

    `required_when` narrows down the rows in which a required column must be filled, as the `row_condition` of a rule.
    """

    name: str
    duckdb_type: str
    required: bool
    classification: str
    description: str
    required_when: Mapping[str, Any] | None = None
    header: str = ""
    reads: str = ""
    code_list: str | None = None
    synonyms: tuple[str, ...] = ()
    unit: str | None = None
    missing_marks: tuple[str, ...] = ()
    example: str = ""

    @property
    def is_personal(self) -> bool:
        """Personal columns stop at `raw`."""
        return self.classification == "personal"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a source: what is expected, and what is said when it fails.

    `expectation` is a Great Expectations type, or one of `contracts.READING_RULES` for what reading judges.

    `share_of_previous` is set for bounds that are a share of the edition before instead of a number of rows.
    `implied` tells that the rule follows from its column (readable, required) and is not written in the contract.
    """

    id: str
    source: str
    column: str | None
    expectation: str
    arguments: Mapping[str, Any]
    dimension: str
    severity: str
    owner: str
    message: Text
    remedy: Text
    share_of_previous: float | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class SourceContract:
    """A source: its columns, rules, title and how often it comes.

    `parted_by` is the column by which a file of many municipalities is parted between them, `every` when all its rows
    hold for each of them; None when it can't be parted.
    `survey_exports` tells that it may also come as the export of a survey tool; `table_layouts` names tables of others
    (`pipelines.sources.formats`) that are made into tables of the source.
    """

    name: str
    title: Text
    purpose: str
    limitations: str
    grain: str
    licence: str
    owner: str
    formats: tuple[str, ...]
    parted_by: str | None
    survey_exports: bool
    table_layouts: tuple[str, ...]
    total_row_words: tuple[str, ...]
    unread_headers: tuple[str, ...]
    frequency_months: int
    latency_days: int
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]

    @property
    def staged_columns(self) -> tuple[Column, ...]:
        """The columns that go past `raw`."""
        return tuple(column for column in self.columns if not column.is_personal)

    @property
    def money_columns(self) -> tuple[Column, ...]:
        """The columns in euros."""
        return tuple(column for column in self.columns if column.unit == "EUR")

    def header_spellings(self) -> dict[str, str]:
        """Map every accepted header, folded, to its column name.

        Raises
        ------
        ContractError
            Two columns claim one header.
        """
        found: dict[str, str] = {}
        for column in self.columns:
            for spelling in (column.header, *column.synonyms):
                if found.setdefault(fold(spelling), column.name) != column.name:
                    raise ContractError(f"{self.name}: header {spelling!r} means two columns")
        return found

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its full id, `source.rule`."""
        return next(rule for rule in self.rules if rule.id == rule_id)


@dataclass(frozen=True, slots=True)
class TableContract:
    """A table of core, marts, quality or meta."""

    schema: str
    name: str
    audience: str
    grain: str
    key: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A card of the catalogue; fields as `data_contracts/indicators/README.md` explains them."""

    id: str
    group: str
    title: Text
    question: Text
    formula: Text
    unit: Text
    unit_code: str
    direction: str
    kind: str
    basis: str
    sources: tuple[str, ...]
    method: Text
    limits: Text
    handbook: str
    disclosure: str
    materiality: float
    breaks: tuple[str, ...]
    decimals: int
    breakdowns: tuple[str, ...]
    audience: str


@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    """Fold a header, code or label for comparing: case, white space (also no-break), trailing colon."""
    return " ".join(text.replace("\u00a0", " ").split()).strip(" :*").casefold()


def text_of(value: Any, where: str) -> Text:
    """Return a text of a contract from its mapping.

    Raises
    ------
    ContractError
        A language is missing or empty, or there is one too many; the message says where.
    """
    if not isinstance(value, dict) or set(value) - {"code"} != set(LANGUAGES):
        raise ContractError(f"{where}: needs exactly fi, sv and en")
    empty = [language for language in LANGUAGES if not str(value[language] or "").strip()]
    if empty:
        raise ContractError(f"{where}: empty in {empty}")
    return Text(fi=str(value["fi"]), sv=str(value["sv"]), en=str(value["en"]))
