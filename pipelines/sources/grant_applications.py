"""Messages of an electronic grant service: applications as they were sent.

Here belongs: the shape of a message, and which of its many leaves say who asks whom for how much. Not here: ledgers as
tables, what a body or a grant type is called in a municipality (its settings).

Source of the format: City of Helsinki, `hel-fi-drupal-grants`, the message of the application forms. Every leaf is
`{ID, label, value, valueType}`. A message tells of an application and never of a decision. Names, addresses, bank
accounts and identity codes of persons are in it as well: they are not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.raw_table import Cell
from pipelines.reading_json import JsonRows, as_cell, lacks, objects_of

MESSAGE, INFO = "compensation", "applicationInfoArray"
HEADER = (
    "Hakemusnumero",
    "Hakija",
    "Y-tunnus",
    "Toimielin",
    "Avustuslaji",
    "Käyttötarkoitus",
    "Haettu",
    "Hakupäivä",
    "Hakemuksen tila",
    "Myönnetty",
    "Päätöspäivä",
)
"""The headers of the contract; the last two stay empty, because a message tells of no decision."""

_WHOLE_NUMBER = re.compile(r"(\d+)\.0+")


def recognises(document: object) -> bool:
    """Tell whether a JSON document looks like a message, or like several of them."""
    return any(True for _ in _messages(document))


def read(document: object) -> JsonRows:
    """Read one message, a list of messages, or an object that wraps the list: one row a grant that is asked for.

    An application that asks for no sum is a row without one.

    Raises
    ------
    Refused
        Nothing in the document is a message.
    """
    messages = list(_messages(document))
    if not messages:
        raise lacks(f"{MESSAGE}.{INFO}")
    cells = [row for message in messages for row in _rows(message)]
    return JsonRows(HEADER, list(enumerate(cells, start=1)))


def _messages(document: object) -> Iterator[Mapping[str, Any]]:
    """Yield the part of each message that tells of the application."""
    if isinstance(document, dict) and MESSAGE not in document:
        document = next((value for value in document.values() if isinstance(value, list)), [])
    for item in objects_of(document if isinstance(document, list) else [document]):
        said = item.get(MESSAGE)
        if isinstance(said, dict) and isinstance(said.get(INFO), list):
            yield said


def _rows(message: Mapping[str, Any]) -> Iterator[list[Cell]]:
    application, applicant = _leaves(message.get(INFO)), _leaves(message.get("applicantInfoArray"))
    asked = message.get("compensationInfo")
    parts = asked if isinstance(asked, dict) else {}
    purpose = _leaves(parts.get("generalInfoArray")).get("purpose")
    sums = parts.get("compensationArray")
    for one in (sums if isinstance(sums, list) else []) or [[]]:
        wanted = _leaves(one)
        yield [
            application.get("applicationNumber"),
            applicant.get("communityOfficialName"),
            applicant.get("companyNumber"),
            application.get("applicationType"),
            _as_code(wanted.get("subventionType")),
            purpose,
            wanted.get("amount"),
            application.get("formTimeStamp"),
            application.get("status"),
            None,
            None,
        ]


def _leaves(items: object) -> dict[str, Cell]:
    """Pivot a list of leaves by their ID; what is not a leaf is passed over."""
    listed = objects_of(items if isinstance(items, list) else [])
    return {str(leaf["ID"]): as_cell(leaf.get("value")) for leaf in listed if "ID" in leaf}


def _as_code(text: Cell) -> Cell:
    """Return `38.0` as `38`: both are written of one code."""
    whole = _WHOLE_NUMBER.fullmatch(text or "")
    return whole[1] if whole else text
