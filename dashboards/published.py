"""What is known of an edition besides its figures: when it was published, and the files of its open data.

Here belongs: those types. Not here: reading them (`data`), rows of tables (`rows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dashboards.rows import Words


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """An edition that can be opened; `published_at` is the moment in ISO 8601."""

    edition_id: str
    published_at: str
    software_version: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of the open data; `table`, `title` and `rows` are told of files that hold a table."""

    path: str
    media_type: str
    size: int
    sha256: str
    table: str | None = None
    title: Words | None = None
    description: Words | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class OpenData:
    """The open data of an edition: its folder, and its files by their path in it."""

    edition_id: str
    folder: Path
    licence_title: str
    licence_address: str
    files: dict[str, OpenFile]
