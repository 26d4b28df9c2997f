"""`datapackage.json`: the dictionary and the list of files for programs.

Here belongs: describing the tables after the Data Package standard, version 2 (https://datapackage.org); Finnish and
Swedish words stand beside the English ones, in fields of our own. Not here: the catalogue for data portals (`dcat`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines import contracts
from pipelines.contract_model import LANGUAGES, Text
from pipelines.open_data.files import OpenFile, write_json
from pipelines.open_data.frames import Frames
from pipelines.open_data.tables_csv import LIST_DELIMITER
from pipelines.open_data_cards import OpenColumn, OpenTable

NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

TYPES = {"VARCHAR": "string", "BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date"}


def write(folder: Path, frames: Frames, files: Sequence[OpenFile]) -> Path:
    """Write the package; every file but the two that list files is a resource."""
    facts, said = frames.edition, contracts.open_data()
    tables = {table.name: table for table in said.tables}
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"yhteispeli-{facts['municipality_code']}",
        "version": facts["edition_id"],
        **_words("title", frames.filled(said.title)),
        **_words("description", frames.described(said.description)),
        "created": f"{facts['data_until'].isoformat()}T00:00:00Z",
        "keywords": list(said.keywords["en"]),
        "licenses": [{"name": said.licence.name, "title": said.licence.title, "path": said.licence.address}],
        "contributors": [_publisher(facts)],
        "resources": [_resource(frames, file, tables.get(file.table or "")) for file in files],
    }
    return write_json(folder / NAME, package)


def _publisher(facts: dict[str, Any]) -> dict[str, Any]:
    email = {"email": facts["contact_email"]} if facts["contact_email"] else {}
    return {"title": facts["municipality_name"], "organization": facts["contact_name"], **email, "roles": ["publisher"]}


def _resource(frames: Frames, file: OpenFile, table: OpenTable | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": file.path.replace("/", "-").lower(),
        "path": file.path,
        "format": file.format.name,
        "mediatype": file.format.media_type,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if table is None:
        return described
    return {
        **described,
        **_words("title", table.title),
        **_words("description", table.description),
        "table": table.name,
        "rows": frames[table.name].height,
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.table.key),
            "missingValues": [""],
        },
    }


def _field(column: OpenColumn) -> dict[str, Any]:
    return {
        "name": column.column.name,
        **_type(column.column.duckdb_type),
        **_words("description", column.description),
        "constraints": {"required": column.column.required},
    }


def _type(duckdb_type: str) -> dict[str, str]:
    if duckdb_type.endswith("[]"):
        return {"type": "list", "delimiter": LIST_DELIMITER, "itemType": TYPES[duckdb_type.removesuffix("[]")]}
    return {"type": "number"} if duckdb_type.startswith("DECIMAL") else {"type": TYPES[duckdb_type]}


def _words(name: str, text: Text) -> dict[str, str]:
    return {name: text.en, **{f"{name}_{language}": text[language] for language in LANGUAGES if language != "en"}}
