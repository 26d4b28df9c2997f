"""`dcat.jsonld`: the catalogue of the open data for data portals, after DCAT-AP 3.0 (SEMIC), as JSON-LD.

Here belongs: the catalogue, one dataset a table, one distribution a file. Not here: the fields of the tables
(`data_package`), the shapes that the catalogue is tested against (`tests/cases/dcat_ap_shapes.ttl`).

Addresses are relative to the catalogue itself, so that the folder can be served or copied anywhere; JSON-LD takes the
address that the catalogue was fetched from for their base.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pipelines import contracts
from pipelines.contract_model import LANGUAGES, Text
from pipelines.open_data import dictionary, grants_360giving
from pipelines.open_data.files import OpenFile, write_json
from pipelines.open_data.frames import Frames

NAME = "dcat.jsonld"
Node = dict[str, Any]

PROFILE: Final = "https://semiceu.github.io/DCAT-AP/releases/3.0.0/"
_EU: Final = "http://publications.europa.eu/resource/authority"
_IANA: Final = "http://www.iana.org/assignments/media-types"
COUNTRY: Final = f"{_EU}/country/FIN"
PUBLISHER, CONTACT, MUNICIPALITY = "#publisher", "#contact", "#municipality"
"""Described once, at the catalogue; the datasets refer to them."""

_CSV_RULES: Final = "https://www.rfc-editor.org/rfc/rfc4180"

_CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcatap": "http://data.europa.eu/r5r/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def write(folder: Path, frames: Frames, files: Sequence[OpenFile]) -> Path:
    """Write the catalogue of all files."""
    said = contracts.open_data()
    catalogue = {
        "@context": _CONTEXT,
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _words(frames.filled(said.title)),
        "dct:description": _words(frames.described(said.description)),
        "dct:publisher": _publisher(frames),
        "dcat:contactPoint": _contact(frames),
        "dct:license": _reference(said.licence.authority),
        "dct:conformsTo": _reference(PROFILE),
        "dcat:themeTaxonomy": _reference(f"{_EU}/data-theme"),
        "dct:spatial": [_reference(COUNTRY), _municipality(frames)],
        **_dated(frames),
        **_spoken(),
        "dcat:dataset": _datasets(frames, files),
    }
    return write_json(folder / NAME, catalogue)


def _datasets(frames: Frames, files: Sequence[OpenFile]) -> list[Node]:
    said = contracts.open_data()
    datasets = [
        _dataset(
            frames,
            table.name,
            frames.filled(table.title),
            frames.described(table.description),
            table.themes,
            [file for file in files if file.table == table.name],
        )
        for table in said.tables
    ]
    grants = [file for file in files if file.path == grants_360giving.NAME]
    if grants:
        words = (grants_360giving.title(frames), grants_360giving.description(frames))
        datasets.append(_dataset(frames, "grants_360giving", *words, ("GOVE", "SOCI"), grants))
    words = (contracts.message("open_data.dictionary"), frames.described(contracts.message("open_data.files_are")))
    listed = [file for file in files if Path(file.path).name.startswith(f"{dictionary.NAME}.")]
    return [*datasets, _dataset(frames, dictionary.NAME, *words, ("GOVE",), listed)]


def _dataset(
    frames: Frames, name: str, title: Text, description: Text, themes: Sequence[str], files: Sequence[OpenFile]
) -> Node:
    facts, said = frames.edition, contracts.open_data()
    identifier = f"yhteispeli-{facts['municipality_code']}-{name}"
    return {
        "@id": f"#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": identifier,
        "dcat:version": facts["edition_id"],
        "dct:title": _words(title),
        "dct:description": _words(description),
        "dct:publisher": _reference(PUBLISHER),
        "dcat:contactPoint": _reference(CONTACT),
        "dcat:keyword": [
            {"@value": word, "@language": language} for language in LANGUAGES for word in said.keywords[language]
        ],
        "dcat:theme": [_reference(f"{_EU}/data-theme/{theme}") for theme in themes],
        "dct:accessRights": _reference(f"{_EU}/access-right/PUBLIC"),
        "dct:accrualPeriodicity": _reference(f"{_EU}/frequency/IRREG"),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(f"{facts['first_year']}-01-01"),
            "dcat:endDate": _day(facts["data_until"].isoformat()),
        },
        "dct:spatial": [_reference(COUNTRY), _reference(MUNICIPALITY)],
        **_dated(frames),
        **_spoken(),
        "dcat:distribution": [_distribution(file, title, frames) for file in files],
    }


def _distribution(file: OpenFile, title: Text, frames: Frames) -> Node:
    rules = {"csv": _CSV_RULES, "json": grants_360giving.SCHEMA}.get(file.format.name)
    name = file.format.name.upper()
    return {
        "@id": f"#{file.path}",
        "@type": "dcat:Distribution",
        "dct:title": _words(Text(**{language: f"{title[language]} ({name})" for language in LANGUAGES})),
        "dcat:accessURL": _reference(file.path),
        "dcat:downloadURL": _reference(file.path),
        "dcat:mediaType": _reference(f"{_IANA}/{file.format.media_type}"),
        "dct:format": _reference(f"{_EU}/file-type/{file.format.file_type}"),
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _reference("spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        "dct:license": _reference(contracts.open_data().licence.authority),
        "dcatap:availability": _reference(f"{_EU}/planned-availability/STABLE"),
        **({"dct:conformsTo": _reference(rules)} if rules else {}),
        **_dated(frames),
    }


def _publisher(frames: Frames) -> Node:
    facts = frames.edition
    return {
        "@id": PUBLISHER,
        "@type": "foaf:Agent",
        "foaf:name": facts["municipality_name"],
        "dct:identifier": facts["municipality_business_id"],
        "dct:type": _reference("http://purl.org/adms/publishertype/LocalAuthority"),
    }


def _contact(frames: Frames) -> Node:
    facts = frames.edition
    email = {"vcard:hasEmail": _reference(f"mailto:{facts['contact_email']}")} if facts["contact_email"] else {}
    return {"@id": CONTACT, "@type": "vcard:Kind", "vcard:fn": facts["contact_name"], **email}


def _dated(frames: Frames) -> Node:
    day = _day(frames.edition["data_until"].isoformat())
    return {"dct:issued": day, "dct:modified": day}


def _spoken() -> Node:
    return {"dct:language": [_reference(f"{_EU}/language/{code}") for code in ("FIN", "SWE", "ENG")]}


def _municipality(frames: Frames) -> Node:
    facts = frames.edition
    return {
        "@id": MUNICIPALITY,
        "@type": "dct:Location",
        "skos:prefLabel": facts["municipality_name"],
        "dct:identifier": facts["municipality_code"],
    }


def _words(text: Text) -> list[Node]:
    return [{"@value": text[language], "@language": language} for language in LANGUAGES]


def _day(iso: str) -> Node:
    return {"@value": iso, "@type": "xsd:date"}


def _reference(address: str) -> Node:
    return {"@id": address}
