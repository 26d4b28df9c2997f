"""How headers and codes are written in a file: they drift from year to year within what the contracts accept.

Here belongs: choosing among the accepted spellings. Not here: the spellings themselves, which the contracts hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import contracts
from pipelines.contract_model import CodeList


def drifting_headers(source: str, drift: int, without: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return (column, header) of a source; `drift` 0 gives the template's headers, other numbers other spellings.

    Every third header ends in a blank or breaks its line, as headers that people have typed do.
    """
    found: list[tuple[str, str]] = []
    for place, column in enumerate(contracts.sources()[source].columns):
        if column.name in without:
            continue
        spellings = (column.header, *column.synonyms)
        header = spellings[drift * (place + 1) % len(spellings)]
        found.append((column.name, _typed(header[0].upper() + header[1:], (drift * place) % 3)))
    return found


def _typed(header: str, dirt: int) -> str:
    if dirt == 1:
        return f"{header} "
    return header.replace(" ", "\n", 1) if dirt == 2 else header


def spelling(codes: CodeList, code: str, drift: int) -> str:
    """Return one of the accepted Finnish spellings of a code; `drift` 0 gives the label."""
    entry = next(entry for entry in codes.entries if entry.code == code)
    spellings = (entry.label.fi, *(synonym for synonym in entry.synonyms if len(synonym) > 1))
    return spellings[drift % len(spellings)]
