"""The files of the open data as catalogues tell of them: path, format, size, checksum.

Here belongs: the formats and their names in the lists of IANA and the EU. Not here: what is in a file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format: its media type (IANA) and its code in the EU's list of file types."""

    name: str
    media_type: str
    file_type: str


FORMATS = {
    ".csv": FileFormat("csv", "text/csv", "CSV"),
    ".parquet": FileFormat("parquet", "application/vnd.apache.parquet", "PARQUET"),
    ".json": FileFormat("json", "application/json", "JSON"),
    ".jsonld": FileFormat("jsonld", "application/ld+json", "JSON_LD"),
    ".md": FileFormat("md", "text/markdown", "MD"),
}


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A written file; `table` is the full name of the table that it holds, None for other files."""

    path: str
    table: str | None
    size: int
    sha256: str

    @property
    def format(self) -> FileFormat:
        """Its format, by the ending of its name."""
        return FORMATS[Path(self.path).suffix]


def opened(folder: Path, file: Path, table: str | None = None) -> OpenFile:
    """Describe a file that has been written into the folder of the open data."""
    content = file.read_bytes()
    return OpenFile(file.relative_to(folder).as_posix(), table, len(content), sha256(content).hexdigest())


def write_json(file: Path, content: dict[str, Any]) -> Path:
    """Write JSON that people can read and that is the same each time."""
    file.write_text(indented(content) + "\n", encoding="utf-8")
    return file


def indented(value: Any, margin: str = "\n") -> str:
    """Return JSON text as `json.dumps(value, ensure_ascii=False, indent=1)` does, several times faster.

    Python's encoder goes through a generator a level as soon as it indents; a large town has tens of thousands of
    grants to tell.

    Parameters
    ----------
    margin
        What begins a line at the depth of the value.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict) and value:
        inner = f"{margin} "
        items = [f"{encode_basestring(key)}: {indented(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    if isinstance(value, list) and value:
        inner = f"{margin} "
        return f"[{inner}{f',{inner}'.join([indented(item, inner) for item in value])}{margin}]"
    return json.dumps(value)
