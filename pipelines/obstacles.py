"""What the machine refuses a run: space on the disk, a right, the place of a file, or a turn.

Here belongs: telling such an error in a sentence for people. Not here: faults of data (the contracts tell those) and of
settings (`settings`). Python, DuckDB and SQLite raise errors of their own kinds for the same refusal, and Dagster hands
them on as text, so an error is known by the words of the operating system in it.
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.contract_model import Text
from pipelines.contracts import message

_NO_SPACE: Final = ("No space left on device", "disk is full", "Disk quota exceeded")
_NO_RIGHT: Final = (
    "Permission denied",
    "Operation not permitted",
    "Read-only file system",
    "readonly database",
    "unable to open database file",
)
_IN_THE_WAY: Final = ("Is a directory", "Not a directory", "File exists")
_BUSY: Final = ("Could not set lock on file",)
_QUOTED: Final = re.compile(r"""["'](/?[^"'\n]*/[^"'\n]*)["']""")


def told(error: str, place: object) -> Text | None:
    """Return the sentence of an error that the machine is to blame for, None for any other.

    Parameters
    ----------
    error
        The text of the error.
    place
        The file or folder to name when the error names none.
    """
    named = _QUOTED.search(error)
    path = named[1] if named else place
    if any(words in error for words in _BUSY):
        return message("cli.busy")
    if any(words in error for words in _NO_SPACE):
        return message("machine.no_space")
    if any(words in error for words in _NO_RIGHT):
        return message("machine.no_right", path=path)
    if any(words in error for words in _IN_THE_WAY):
        return message("machine.in_the_way", path=path)
    return None
