"""The export of state grants that tutkiavustuksia.fi gives as a workbook.

Here belongs: what makes such a table a grant ledger. Not here: other ledgers, which authority is meant (the settings).

Source of the format: the State Treasury, tutkiavustuksia.fi, table of positive decisions. The recipient's Y-tunnus
stands in brackets behind its name, days come as serial numbers, and there is no column of the kind of grant: every row
is a grant of the state.
"""

from __future__ import annotations

import re

from pipelines.contract_model import fold
from pipelines.raw_table import Cell, Record, Split

RECIPIENT, SIGNS = "saajan nimi", frozenset({"saajan nimi", "asianumero", "myöntäjä"})
"""Headers that stand together in this export and in no ledger of a municipality."""

ADDED = ("Y-tunnus", "Avustuslaji")
KIND_OF_GRANT = "valtionavustus"

_NAME_AND_ID = re.compile(r"(.+?)\s*\((\d{7}-\d)\)\s*", re.DOTALL)


def as_columns(split: Split) -> Split:
    """Give the export the columns that it lacks; every other table is returned as it is."""
    line, header = split.header
    headers = [fold(cell or "") for cell in header]
    if not SIGNS.issubset(headers) or set(map(fold, ADDED)).intersection(headers):
        return split
    place = headers.index(RECIPIENT)
    below = [_parted(record, place) for record in split.below]
    return Split(split.sheet, split.above, (line, [*header, *ADDED]), below)


def _parted(record: Record, place: int) -> Record:
    """Part name and Y-tunnus of a row; a row too short for a recipient keeps what it lacks."""
    line, cells = record
    found = _NAME_AND_ID.fullmatch(cells[place] or "") if place < len(cells) else None
    if found is None:
        return line, [*cells, None, KIND_OF_GRANT]
    parted: list[Cell] = [*cells]
    parted[place] = found[1]
    return line, [*parted, found[2], KIND_OF_GRANT]
