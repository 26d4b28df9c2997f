"""Client of the State Treasury's open interface of municipal finance.

Here belongs: choosing the version of each reporting package, and landing its document. Not here: the shape of a
document (`pipelines.sources.municipal_finance`).

Source of the format: Valtiokonttori, automated reporting of municipal economy: `aineistot` lists every version of every
package with its approval stage and the address of its document; a document is a bare list of figures and does not say
its own stage. So the line of the list and the document land as one file, the document verbatim inside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pipelines import contracts
from pipelines.clients.http import Answer, FetchFailed
from pipelines.clients.job import Job, field
from pipelines.contract_model import fold
from pipelines.contracts import message
from pipelines.reading_json import as_cell, objects_of
from pipelines.settings import FinanceInterface
from pipelines.sources.municipal_finance import DOCUMENT_FIELDS

PATH, LIST, ADDRESS = "aineistot", "aineistot", "tunnusluvut"
_PERIOD = re.compile(r"(\d{4})\w{0,4}")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a reporting package: what it is about, how far it has come, and its line of the list."""

    package: str
    period: str
    rank: tuple[int, datetime]
    entry: Mapping[str, Any]


def fetch(job: Job[FinanceInterface]) -> None:
    """Land the document of the best version of every package and period of the municipality.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`; also when the list has nothing of the municipality.
    """
    listed = job.service.get(PATH).document
    versions = best_versions(listed, job)
    if not versions:
        packages = ", ".join(job.interface.packages)
        raise FetchFailed(message("client.no_document", packages=packages))
    for version in versions:
        job.page(
            f"{version.package}-{version.period}-{fold(str(version.entry.get('hyvaksymisvaihe')))}",
            partial(_document, job, version),
        )


def best_versions(listed: object, job: Job[FinanceInterface]) -> list[Version]:
    """Return for each package and period the highest approval stage and of those the newest publication.

    Raises
    ------
    FetchFailed
        The list has not the expected shape.
    """
    settings = job.settings
    best: dict[tuple[str, str], Version] = {}
    for entry in objects_of(field(listed, LIST, list)):
        package = fold(str(entry.get("raportointikokonaisuus"))).upper()
        if entry.get("ytunnus") != settings.municipality.business_id or package not in job.interface.packages:
            continue
        version = _version(package, entry)
        if int(version.period[:4]) < settings.figures.first_year:
            continue
        before = best.setdefault((version.package, version.period), version)
        if version.rank > before.rank:
            best[version.package, version.period] = version
    return [best[key] for key in sorted(best)]


def _version(package: str, entry: Mapping[str, Any]) -> Version:
    period = as_cell(entry.get("raportointikausi")) or ""
    if not _PERIOD.fullmatch(period):
        raise FetchFailed(message("client.shape", field="raportointikausi"))
    stages = contracts.code_lists()["approval_stages"]
    order = {stage.code: place for place, stage in enumerate(stages.entries, start=1)}
    code = stages.spellings().get(fold(str(entry.get("hyvaksymisvaihe"))))
    if code is None:
        raise FetchFailed(message("client.shape", field="hyvaksymisvaihe"))
    return Version(package, period, (order[code], _moment(entry.get("julkaisupvm"))), entry)


def _moment(text: object) -> datetime:
    """Return a moment of the list; the beginning of time where it has none, so that any other is newer."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _document(job: Job[FinanceInterface], version: Version) -> Answer:
    """Ask for a document and put it, as it came, beside what the list says of it."""
    answer = job.service.follow(version.entry.get(ADDRESS))
    if not isinstance(answer.document, list):
        raise FetchFailed(message("client.shape", field="tunnusluku"))
    about = {name: version.entry[name] for name in DOCUMENT_FIELDS if name in version.entry}
    head = json.dumps(about).removesuffix("}").encode("ascii")
    return replace(answer, content=head + b', "rivit": ' + answer.content.removeprefix(b"\xef\xbb\xbf") + b"}")
