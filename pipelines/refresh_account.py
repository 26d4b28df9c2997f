"""What a refresh tells on the command line: how far it has come, and what became of every row and euro.

Here belongs: printing that. Not here: the refresh (`run`), the other commands (`cli`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as ProgressBar

from pipelines import console, contracts, feedback, landing, run
from pipelines.refresh import Progress, made_of
from pipelines.workspace import Workspace

COUNTS = ("read", "staged", "quarantined")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show how far a refresh has come while it runs."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[table]}"))
    with ProgressBar(*columns, console=console.errors, transient=True) as bar:
        task = bar.add_task(console.text("cli.progress"), total=len(made_of()) + 1, table="")

        def begin(table: str) -> None:
            bar.update(task, advance=1, table=table)

        yield begin


def print_accounts(workspace: Workspace) -> None:
    """Say what became of every row and euro of every file, then what was wrong and where."""
    files, findings = run.accounts(workspace)
    in_force = files.filter(pl.col("state") != "superseded").sort("source", "file_name")
    if in_force.is_empty():
        return
    for (source,), of_source in in_force.group_by(["source"], maintain_order=True):
        console.out.print(contracts.sources()[str(source)].title[console.LANGUAGE], style="bold")
        for file in of_source.iter_rows(named=True):
            console.out.print(f"  {_account(file)}")
    totals = {name: console.number(in_force[f"rows_{name}"].sum()) for name in COUNTS}
    console.out.print(console.text("cli.rows", file=console.text("cli.summary.total"), **totals), style="bold")
    if refused := in_force.filter(state="refused").height:
        console.out.print(console.text("cli.summary.refused", count=refused), style="bold")
    if removed := len(landing.removed_hashes(workspace)):
        console.out.print(console.text("cli.summary.removed", count=removed))
    names = dict(in_force.select("file_sha256", "file_name").iter_rows())
    for note in feedback.notes(findings, dict(in_force.select("file_sha256", "rows_read").iter_rows())):
        console.out.print(f"- {names[note.file_sha256]}: {note.sentence(console.LANGUAGE)}")
    for item in run.corrections(workspace).iter_rows(named=True):
        told = console.text(
            f"correction.{item['state']}",
            file=item["file_name"],
            line=item["line"],
            reason=item["reason"],
            by=item["corrected_by"],
        )
        console.out.print(f"- {told}", markup=False)
    _print_reconciliation(workspace)
    print_stale_decisions(workspace)
    for link in run.links(workspace).iter_rows(named=True):
        title = contracts.sources()[link.pop("source")].title[console.LANGUAGE]
        console.out.print(f"- {console.text('cli.summary.unlinked', source=title, **link)}")


def _print_reconciliation(workspace: Workspace) -> None:
    """Say how far the grant ledger and the books agree, and name each difference that is not explained."""
    compared = run.reconciled(workspace)
    if compared.is_empty():
        return
    states = Counter(compared["state"])
    counts = {state: states[state] for state in ("agrees", "explained", "unexplained", "no_books")}
    console.out.print(f"- {console.text('reconciliation.count', **counts)}")
    bodies = workspace.settings.code_list("settings.granting_bodies").entries
    labels = {entry.code: entry.label[console.LANGUAGE] for entry in bodies}
    for row in compared.filter(state="unexplained").iter_rows(named=True):
        euros = {name: console.number(row[f"{name}_eur"]) for name in ("difference", "explained", "unexplained")}
        body = labels[row["granting_body"]]
        console.out.print(f"- {console.text('reconciliation.summary', year=row['year'], body=body, **euros)}")


def print_stale_decisions(workspace: Workspace) -> None:
    """Name the decisions on links that speak of an association that the register does not have."""
    from pipelines.review import stale_decisions

    for decision in stale_decisions(workspace).iter_rows(named=True):
        told = console.text(
            "links.unknown_number", mention=decision["mention_key"], register_number=decision["register_number"]
        )
        console.out.print(f"- {told}")


def _account(file: dict[str, object]) -> str:
    if file["state"] == "refused":
        return console.text("cli.refused", file=file["file_name"], reason=file["reason"])
    rows = {name: console.number(file[f"rows_{name}"]) for name in COUNTS}
    said = console.text("cli.rows", file=file["file_name"], **rows)
    if file["eur_read"] is None:
        return said
    euros = {name: console.number(file[f"eur_{name}"]) for name in COUNTS}
    return f"{said} {console.text('cli.euros', **euros)}"
