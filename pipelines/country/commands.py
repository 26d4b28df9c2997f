"""What `yhteispeli refresh` does and says when its folder is a country.

Here belongs: the order of the work, printing, the exit code. Not here: the work itself.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipelines import console, contracts
from pipelines.contracts import message
from pipelines.country import comparison, parting, refreshing
from pipelines.country.folder import Country
from pipelines.country.parting import Parted
from pipelines.country.refreshing import TownOutcome

DONE, SOME_FAILED = 0, 3


def refresh(root: Path) -> int:
    """Part national files, refresh the municipalities whose input changed, publish the comparison; tell of every row.

    Returns
    -------
    int
        0, or 3 when a municipality kept its last edition because it failed or a national file could not be read.
    """
    country = Country(root)
    state = _read(country)
    parted = parting.part_all(country, state)
    _write(country, state)
    _print_parted(parted)
    waiting = refreshing.changed(country, state)
    outcomes = _refresh(country, waiting, state)
    now = datetime.now(UTC)
    if state.get("tidied") != f"{now:%Y-%m-%d}":
        refreshing.remove_expired(country, [code for code in country.towns if code not in waiting], now)
        state["tidied"] = f"{now:%Y-%m-%d}"
        _write(country, state)
    _print_outcomes(country, outcomes)
    made = comparison.make(country)
    if made is not None:
        key = "country.comparison.published" if made.is_new else "country.comparison.unchanged"
        console.out.print(console.text(key, edition=made.id))
    failed = any(outcome.failure for outcome in outcomes) or any(file.refused for file in parted)
    return SOME_FAILED if failed else DONE


def _refresh(country: Country, waiting: dict[str, str], state: dict[str, Any]) -> list[TownOutcome]:
    outcomes = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console.errors, transient=True) as bar:
        task = bar.add_task(console.text("country.progress"), total=len(waiting))
        for outcome in refreshing.refresh(country, list(waiting)):
            bar.advance(task)
            outcomes.append(outcome)
            if outcome.failure is None:
                state["refreshed"][outcome.code] = waiting[outcome.code]
                _write(country, state)  # a crash later does not make this one do its work again
    return outcomes


def _print_parted(parted: list[Parted]) -> None:
    for file in parted:
        title = contracts.sources()[file.source].title[console.LANGUAGE]
        if file.refused is not None:
            console.errors.print(
                console.text("cli.refused", file=file.file_name, reason=file.refused[console.LANGUAGE])
            )
            continue
        if file.is_for_every:
            values = {"rows": console.number(file.rows), "towns": len(file.given)}
            console.out.print(console.text("country.given_to_every", title=title, file=file.file_name, **values))
            continue
        given, aside = sum(file.given.values()), sum(file.set_aside.values())
        counts = {"rows": file.rows, "given": given, "towns": len(file.given), "aside": aside}
        written = {name: console.number(count) for name, count in counts.items()}
        console.out.print(console.text("country.parted", title=title, file=file.file_name, **written))
        for reason, count in sorted(file.set_aside.items()):
            console.out.print(f"  - {console.number(count)}: {message(reason)[console.LANGUAGE]}")


def _print_outcomes(country: Country, outcomes: list[TownOutcome]) -> None:
    new = sum(outcome.is_new for outcome in outcomes)
    failed = [outcome for outcome in outcomes if outcome.failure is not None]
    counts = {
        "towns": len(country.towns),
        "new": new,
        "same": len(country.towns) - new - len(failed),
        "failed": len(failed),
        "rows": sum(outcome.rows for outcome in outcomes),
        "quarantined": sum(outcome.quarantined for outcome in outcomes),
    }
    written = {name: console.number(count) for name, count in counts.items()}
    console.out.print(console.text("country.summary", **written), style="bold")
    for outcome in sorted(outcomes, key=lambda outcome: outcome.code):
        if outcome.refused:
            folder = country.towns[outcome.code].root
            told = console.text("country.refused", code=outcome.code, folder=folder, files=outcome.refused)
            console.out.print(f"- {told}", markup=False)
    for outcome in sorted(failed, key=lambda outcome: outcome.code):
        folder = country.towns[outcome.code].root
        console.errors.print(
            console.text("country.failed", code=outcome.code, folder=folder, reason=outcome.failure), markup=False
        )


def _read(country: Country) -> dict[str, Any]:
    """Return what is known of earlier refreshes; nothing when it can't be read, so that all is done again."""
    try:
        state = json.loads(country.state_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _write(country: Country, state: dict[str, Any]) -> None:
    partial = country.state_file.with_name(f".{country.state_file.name}.partial")
    partial.write_text(json.dumps(state), encoding="utf-8")
    partial.replace(country.state_file)
