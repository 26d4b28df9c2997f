"""What is known of an edition besides its figures: when it was published, and the files of its open data.

Here belongs: those types, and reading the list of the files. Not here: finding editions (`data`), rows of tables
(`rows`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dashboards.rows import Words

DESCRIPTION: Final = "edition.json"
DATA_PACKAGE: Final = "datapackage.json"
CATALOGUES: Final = {DATA_PACKAGE: "application/json", "dcat.jsonld": "application/ld+json"}
"""Files of the open data that list the others."""


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


@cache
def read_open_data(folder: Path) -> OpenData:
    """Return the open data of a finished edition, whose files never change, as its data package lists them."""
    package = json.loads((folder / DATA_PACKAGE).read_text(encoding="utf-8"))
    (licence,) = package["licenses"]
    listed = [
        OpenFile(
            resource["path"],
            resource["mediatype"],
            resource["bytes"],
            resource["hash"].removeprefix("sha256:"),
            resource.get("table"),
            _words(resource, "title"),
            _words(resource, "description"),
            resource.get("rows"),
        )
        for resource in package["resources"]
    ]
    for name, media_type in CATALOGUES.items():
        content = (folder / name).read_bytes()
        listed.append(OpenFile(name, media_type, len(content), sha256(content).hexdigest()))
    files = {file.path: file for file in listed}
    return OpenData(folder.parent.name, folder, licence["title"], licence["path"], files)


def _words(told: Mapping[str, Any], name: str) -> Words | None:
    """Return a text of the data package, whose own language is English."""
    if name not in told:
        return None
    return {"fi": told[f"{name}_fi"], "sv": told[f"{name}_sv"], "en": told[name]}


def order_of(made_with: str) -> tuple[int, ...]:
    """Return a version of the program so that versions can be put in order."""
    return tuple(int(part) for part in made_with.split(".") if part.isdigit())


def described(folder: Path) -> Mapping[str, Any]:
    """Return the description of an edition; empty where it can't be read, as the edition itself may still be."""
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return described if isinstance(described, dict) else {}
