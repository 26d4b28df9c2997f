"""The forms in which the status of a workspace is told: a screen of text, JSON, and the text format of Prometheus.

Here belongs: laying a status out. Not here: what it says (`status`), serving it (`endpoint`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from pipelines.contracts import message
from pipelines.parsing import TIME_ZONE
from pipelines.service.status import KINDS, Finding, Level, PartState, Status, on_day

EXIT_CODES: Final[dict[Level, int]] = {"ok": 0, "waits": 1, "fails": 2}

_SOON: Final = 3  # how many sources are named that are expected next
_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_HERE: Final = ZoneInfo(TIME_ZONE)


def screen(status: Status, root: str, language: str) -> Iterator[str]:
    """Yield the lines of one screen; `root` is how the workspace is called in commands."""

    def said(key: str, **values: object) -> str:
        return message(f"status.{key}", **values)[language]

    level = said(f"level.{status.level}")
    yield said("heading", municipality=status.municipality, at=_moment(status.at), level=level)
    if status.edition is not None:
        published = status.edition.published_at
        days = (status.at - published).days
        yield said("edition_line", edition=status.edition.id, at=_moment(published), days=days)
    run = status.last_run
    yield said("run.none") if run is None else said(f"run.{run.state}", at=_moment(run.at))
    for group in ("fails", "waits"):
        found = [finding for finding in status.findings if finding.level == group]
        if found:
            yield f"{said(f'group.{group}')} ({len(found)})"
        for finding in found:
            yield f"- {finding.said[language]}"
            yield f"  {said('todo', todo=finding.todo[language])}"
    yield from _of_sources(status, language)
    yield _of_parts(status, root, language)
    yield said("space_line", size=_size(status.workspace_bytes), free=_size(status.free_bytes))


def as_json(status: Status, language: str) -> dict[str, object]:
    """Return a status as JSON has it: times in ISO 8601 (UTC), sizes in bytes, sentences in one language."""
    run, edition = status.last_run, status.edition
    return {
        "state": status.level,
        "municipality": status.municipality,
        "at": status.at.isoformat(),
        "edition": None if edition is None else {"id": edition.id, "published_at": edition.published_at.isoformat()},
        "last_run": None if run is None else {"state": run.state, "at": run.at.isoformat()},
        "sources": [
            {
                "source": age.contract.name,
                "state": age.state,
                "received_at": None if age.received_at is None else age.received_at.isoformat(),
                "due_on": None if age.due_on is None else age.due_on.isoformat(),
                "owner": age.contract.owner,
            }
            for age in status.sources
        ],
        "findings": [_finding(finding, language) for finding in status.findings],
        "parts": [{"part": part.name, "up": part.is_up, "restarts": part.restarts} for part in status.parts],
        "workspace_bytes": status.workspace_bytes,
        "free_bytes": status.free_bytes,
    }


def prometheus(status: Status) -> str:
    """Return a status in the text exposition format 0.0.4 of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Gauges(status))
    return generate_latest(registry).decode("utf-8")


class _Gauges(Collector):
    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every gauge; base units and names as the Prometheus naming guide asks."""
        status = self._status
        yield _gauge("state", {(): EXIT_CODES[status.level]})
        yield _gauge("checked_timestamp_seconds", {(): status.at.timestamp()})
        known = [age for age in status.sources if age.state != "absent"]
        received = {(age.contract.name,): age.received_at.timestamp() for age in known if age.received_at}
        yield _gauge("source_received_timestamp_seconds", received, "source")
        due = {(age.contract.name,): _end_of(age.due_on) for age in known if age.due_on}
        yield _gauge("source_due_timestamp_seconds", due, "source")
        overdue = {(age.contract.name,): float(age.state == "overdue") for age in known}
        yield _gauge("source_overdue", overdue, "source")
        found: Counter[str] = Counter()
        for finding in status.findings:
            found[finding.kind] += finding.count
        yield _gauge("findings", {(kind,): found[kind] for kind in KINDS}, "kind")
        if status.edition is not None:
            published = status.edition.published_at
            yield _gauge("edition_published_timestamp_seconds", {(): published.timestamp()})
            yield _gauge("edition_age_seconds", {(): (status.at - published).total_seconds()})
        if status.last_run is not None:
            yield _gauge("last_run_failed", {(): float(status.last_run.state == "failed")})
            yield _gauge("last_run_timestamp_seconds", {(): status.last_run.at.timestamp()})
        yield _gauge("part_up", {(part.name,): float(part.is_up) for part in status.parts}, "part")
        yield _gauge("part_restarts", {(part.name,): part.restarts for part in status.parts}, "part")
        yield _gauge("workspace_size_bytes", {(): status.workspace_bytes})
        yield _gauge("disk_free_bytes", {(): status.free_bytes})


def _gauge(
    name: str, values: Mapping[tuple[()], float] | Mapping[tuple[str], float], *labels: str
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"yhteispeli_{name}", message(f"metric.{name}").en, labels=labels)
    for told, value in values.items():
        family.add_metric(told, value)
    return family


def _end_of(day: date) -> float:
    return datetime.combine(day, time.max, UTC).timestamp()


def _finding(finding: Finding, language: str) -> dict[str, object]:
    return {
        "key": finding.key,
        "kind": finding.kind,
        "level": finding.level,
        "source": finding.source or None,
        "owner": finding.owner or None,
        "count": finding.count,
        "said": finding.said[language],
        "todo": finding.todo[language],
    }


def _of_sources(status: Status, language: str) -> Iterator[str]:
    fresh = [(age.due_on, age.contract) for age in status.sources if age.state == "fresh" and age.due_on]
    fresh.sort(key=lambda item: (item[0], item[1].name))
    if fresh:
        soon = [
            message("status.sources.due", title=contract.title[language], due=on_day(due))[language]
            for due, contract in fresh[:_SOON]
        ]
        yield message("status.sources.fresh", count=len(fresh), next=", ".join(soon))[language]
    absent = [age.contract.title[language] for age in status.sources if age.state == "absent"]
    if absent:
        yield message("status.sources.absent", titles=", ".join(absent))[language]


def _of_parts(status: Status, root: str, language: str) -> str:
    if not status.parts:
        return message("status.parts.none", root=root)[language]
    told = [_part(part, language) for part in status.parts]
    return message("status.parts", parts=", ".join(told))[language]


def _part(part: PartState, language: str) -> str:
    how = "down" if not part.is_up else "restarted" if part.restarts else "up"
    return message(f"status.parts.{how}", part=part.name, restarts=part.restarts)[language]


def _moment(at: datetime) -> str:
    here = at.astimezone(_HERE)
    return f"{on_day(here.date())} {here:%H.%M}"


def _size(count: int) -> str:
    """Write a number of bytes with three digits at most and a decimal comma."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 or value >= 100 else 1
    return f"{value:.{digits}f} {_UNITS[unit]}".replace(".", ",").replace(" ", "\u00a0")
