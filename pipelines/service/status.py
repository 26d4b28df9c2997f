"""How a workspace stands: what is fresh, overdue, failing, and what waits for a person.

Here belongs: gathering that and judging it. Not here: how it is shown (`status_forms`, `endpoint`), who is told
(`mail`).

Nothing here opens the build database: DuckDB has one writer, and a monitor that looks every minute must not make a
refresh fail. Checks, names and reconciliation are those of the edition in force; how the newest run ended comes from
Dagster's history, deliveries from landing and the inbox.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal

import duckdb
import polars as pl
import psutil

from pipelines import contracts, editions, landing
from pipelines.contract_model import LANGUAGES, Text
from pipelines.review import waiting_names
from pipelines.service.freshness import SourceAge, ages
from pipelines.service.history import History, LastRun, history_of
from pipelines.workspace import Workspace
from warehouse import database

Level = Literal["ok", "waits", "fails"]

LEAST_FREE: Final = 1024**3
"""Free bytes below which a disk is called full: a refresh writes the build database and an edition anew."""

KINDS: Final = (
    "run",
    "interface",
    "edition",
    "unreadable",
    "part",
    "space",
    "overdue",
    "never",
    "refused",
    "check",
    "rows",
    "names",
    "reconciliation",
    "inbox",
    "stray",
)
"""Everything that can be found, in the order in which it is looked for."""

_LOOKED_AT: Final = (
    "quality.checks",
    "marts.grant_reconciliation",
    "core.organisation_links",
    "core.link_candidates",
    "core.associations",
)

KEEPER: Final = ""
"""Owner of what no contract has an owner for: whoever keeps the service."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes
    ----------
    key
        Stays the same as long as the thing lasts; another fault of the same kind has another one.
    kind
        One of `KINDS`.
    count
        How many of them: files, rows, names, differences.
    owner
        Who can mend it, an owner of the contracts or `KEEPER`.
    """

    key: str
    kind: str
    level: Level
    said: Text
    todo: Text
    owner: str = KEEPER
    source: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class EditionAge:
    """The edition in force and when it was published (UTC)."""

    id: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PartState:
    """A process of the service: whether it runs, and how often it was started again."""

    name: str
    is_up: bool
    restarts: int


@dataclass(frozen=True, slots=True)
class Status:
    """How a workspace stood at a moment (UTC); sizes in bytes."""

    municipality: str
    at: datetime
    sources: tuple[SourceAge, ...]
    findings: tuple[Finding, ...]
    edition: EditionAge | None
    last_run: LastRun | None
    parts: tuple[PartState, ...]
    workspace_bytes: int
    free_bytes: int

    @property
    def level(self) -> Level:
        """The worst of the findings."""
        levels = {finding.level for finding in self.findings}
        return "fails" if "fails" in levels else "waits" if "waits" in levels else "ok"


def status_of(workspace: Workspace, now: datetime | None = None) -> Status:
    """Look at a workspace; `now` (UTC) is this moment when it is not given.

    Raises
    ------
    WorkspaceError
        The folder is no workspace, or its settings or decisions can't be read.
    """
    at = now or datetime.now(UTC)
    municipality = workspace.settings.municipality.name
    sources = ages(workspace, at.date())
    history = history_of(workspace, at)
    edition = _edition(workspace)
    parts = _parts(workspace)
    free = shutil.disk_usage(workspace.root).free
    findings = [
        *_of_runs(history, {age.contract.name: age.received_at for age in sources}),
        *_of_edition(workspace, edition),
        *_of_service(parts, free),
        *_of_sources(sources),
        *_of_files(workspace),
    ]
    return Status(
        municipality=municipality,
        at=at,
        sources=tuple(sources),
        findings=tuple(findings),
        edition=edition,
        last_run=history.last_run,
        parts=tuple(parts),
        workspace_bytes=_size(workspace),
        free_bytes=free,
    )


def _finding(
    kind: str, level: Level, key: str = "", *, owner: str = KEEPER, source: str = "", **values: object
) -> Finding:
    """Make a finding whose sentences are `status.<kind>.said` and `status.<kind>.todo`.

    A value that is a `Text` is filled in by its language; `count` also becomes the count of the finding.
    """
    count = values.get("count", 1)
    return Finding(
        key=f"{kind}:{key}" if key else kind,
        kind=kind,
        level=level,
        said=_filled(f"status.{kind}.said", values),
        todo=_filled(f"status.{kind}.todo", values),
        owner=owner,
        source=source,
        count=count if isinstance(count, int) else 1,
    )


def _filled(key: str, values: Mapping[str, object]) -> Text:
    text = contracts.messages()[key]
    of_language = {
        lang: {name: value[lang] if isinstance(value, Text) else value for name, value in values.items()}
        for lang in LANGUAGES
    }
    return Text(*(text[lang].format(**of_language[lang]) for lang in LANGUAGES))


def _of_runs(history: History, received: dict[str, datetime | None]) -> Iterator[Finding]:
    run = history.last_run
    if run is not None and run.state == "failed" and run.reason is not None:
        key = hashlib.sha256(run.reason.fi.encode()).hexdigest()[:12]
        yield _finding("run", "fails", key, reason=run.reason)
    for item in history.unanswered:
        newest = received.get(item.source)
        if newest is None or newest < item.at:
            contract = contracts.sources()[item.source]
            yield _finding(
                "interface", "fails", item.source, source=item.source, title=contract.title, reason=item.reason
            )


def _edition(workspace: Workspace) -> EditionAge | None:
    edition_id = editions.current_id(workspace)
    if edition_id is None:
        return None
    published = editions.published_at(workspace, edition_id)
    return None if published is None else EditionAge(edition_id, published)


def _of_edition(workspace: Workspace, edition: EditionAge | None) -> Iterator[Finding]:
    if edition is None:
        yield _finding("edition", "fails", root=workspace.root)
        return
    try:
        with database.open_edition(workspace.editions / edition.id / editions.FILES["analyst"]) as connection:
            checks, compared, *of_names = (database.read_frame(connection, table) for table in _LOOKED_AT)
    except duckdb.Error as error:  # damaged, or made by an older version without one of the tables
        yield _finding("unreadable", "fails", edition.id, edition=edition.id, detail=str(error).splitlines()[0])
        return
    yield from _of_checks(checks.filter(~pl.col("passed")))
    names = len(waiting_names(workspace, *of_names))
    if names:
        yield _finding("names", "waits", owner="association_coordinator", count=names, root=workspace.root)
    unexplained = compared.filter(pl.col("state") == "unexplained").height
    if unexplained:
        yield _finding("reconciliation", "waits", owner="finance", count=unexplained)


def _of_checks(failed: pl.DataFrame) -> Iterator[Finding]:
    for check in failed.filter(pl.col("severity") == "critical").iter_rows(named=True):
        title = contracts.sources()[check["source"]].title
        yield Finding(
            key=f"check:{check['rule_id']}",
            kind="check",
            level="fails",
            said=Text(*(f"{title[lang]}: {check[f'message_{lang}']}" for lang in LANGUAGES)),
            todo=Text(*(check[f"remedy_{lang}"] for lang in LANGUAGES)),
            owner=check["owner"],
            source=check["source"],
        )
    errors = failed.filter((pl.col("severity") == "error") & (pl.col("rows_failed") > 0))
    if errors.height:
        count = int(errors["rows_failed"].sum())
        yield _finding("rows", "waits", count=count, sources=errors["source"].n_unique())


def _parts(workspace: Workspace) -> list[PartState]:
    """Return the processes that `service.json` names; none when the service does not run on this machine."""
    if not workspace.service_file.is_file():
        return []
    told = json.loads(workspace.service_file.read_text(encoding="utf-8"))
    is_kept = psutil.pid_exists(told["supervisor"])
    return [
        PartState(name, is_kept and part["pid"] is not None and psutil.pid_exists(part["pid"]), part["restarts"])
        for name, part in told["parts"].items()
    ]


def _of_service(parts: list[PartState], free: int) -> Iterator[Finding]:
    for part in parts:
        if not part.is_up:
            yield _finding("part", "fails", part.name, part=part.name)
    if free < LEAST_FREE:
        yield _finding("space", "fails", free=free // 1024**2, least=LEAST_FREE // 1024**2)


def _of_sources(sources: list[SourceAge]) -> Iterator[Finding]:
    for age in sources:
        if age.state != "overdue":
            continue
        contract = age.contract
        if age.due_on is None:
            yield _finding(
                "never", "waits", contract.name, owner=contract.owner, source=contract.name, title=contract.title
            )
            continue
        yield _finding(
            "overdue",
            "waits",
            contract.name,
            owner=contract.owner,
            source=contract.name,
            title=contract.title,
            due=on_day(age.due_on),
            folder=f"inbox/{contract.name}",
        )


def _of_files(workspace: Workspace) -> Iterator[Finding]:
    for contract in contracts.sources().values():
        refused = landing.refusals(workspace, contract.name)
        for file in landing.files_in_force(workspace, contract.name):
            if file.sha256 in refused:
                yield _finding(
                    "refused",
                    "fails",
                    file.sha256[:16],
                    owner=contract.owner,
                    source=contract.name,
                    file=file.name,
                    reason=refused[file.sha256],
                    folder=f"inbox/{contract.name}",
                )
    waiting = landing.waiting_files(workspace)
    if waiting:
        yield _finding("inbox", "waits", count=len(waiting), first=waiting[0][1], root=workspace.root)
    stray = landing.stray_files(workspace)
    if stray:
        yield _finding("stray", "waits", count=len(stray), first=stray[0])


def on_day(day: date) -> str:
    """Write a day as Finland does."""
    return f"{day.day}.{day.month}.{day.year}"


def _size(workspace: Workspace) -> int:
    """Return the bytes of the files of a workspace; a file that goes away in between counts for nothing."""
    total = 0
    for path in workspace.root.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:
            continue
    return total
