"""The command line: `yhteispeli init | example | check | map | refresh | review | sql | report | export | serve …`.

Here belongs: arguments, exit codes and printing. Not here: the work behind the commands, the commands of
those who keep the service (`service.commands`).
"""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from shutil import copytree
from typing import Annotated, Final, Literal

import polars as pl
from cyclopts import App, CycloptsError, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as ProgressBar

from pipelines import contracts, editions, feedback, landing, run
from pipelines.checking import Checked, check_file
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.raw_table import Refused
from pipelines.refresh import Progress, made_of
from pipelines.service import commands as keeping
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

LANGUAGE: Final = "fi"
COUNTS = ("read", "staged", "quarantined")
CLEAN, ROWS_TO_MEND, NOT_READABLE, KEPT_OLD = 0, 1, 2, 3


def _text(key: str, **values: object) -> str:
    return message(key, **values)[LANGUAGE]


def _misused(_error: CycloptsError) -> str:
    return _text("cli.misused", command=shlex.join(["yhteispeli", *sys.argv[1:]]))


app = App(name="yhteispeli", help=_text("cli.app.help"), help_flags=["--help", "-h"], error_formatter=_misused)
_out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
_errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


@app.command(help=_text("cli.init.help"))
def init(workspace: Path, *, municipality: str | None = None) -> int:
    """Make an empty workspace with settings, inbox folders and templates."""
    from pipelines.templates import template_sources, write_template

    try:
        settings_text = contracts.municipality_settings(municipality or contracts.BLANK_MUNICIPALITY)
    except KeyError:
        known = ", ".join(contracts.known_municipalities())
        return _fail(_text("cli.unknown_municipality", name=municipality, known=known))
    made = Workspace(workspace)
    made.create(settings_text)
    made.templates.mkdir(exist_ok=True)
    for source in template_sources():
        write_template(source, made.settings, made.templates / f"{source.name}.xlsx")
    _out.print(_text("cli.init.done", root=workspace))
    return CLEAN


@app.command(help=_text("cli.example.help"))
def example(workspace: Path, *, seed: int = 1) -> int:
    """Make the workspace of the example municipality."""
    from pipelines.example import write_example

    write_example(workspace, seed)
    _out.print(_text("cli.example.done", root=workspace))
    return CLEAN


@app.command(help=_text("cli.check.help"))
def check(
    file: Path,
    *,
    source: str | None = None,
    workspace: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    report: Path | None = None,
    lang: Literal["fi", "sv", "en"] = LANGUAGE,
) -> int:
    """Check one file against its contract; `report` is a file for the feedback, XLSX or HTML."""
    if not file.is_file():
        return _fail(_text("cli.no_such_file", path=file))
    if source is not None and source not in contracts.sources():
        return _fail(_text("cli.no_such_source", source=source, sources=", ".join(contracts.sources())))
    outcome = _checked(file, source, workspace)
    if report is not None:
        refusal = _write_report(file, outcome, report, lang)
        if refusal is not None:
            return _fail(refusal[lang])
    if isinstance(outcome, Refused):
        if as_json:
            _print_json({"file": file.name, "readable": False, "reason": outcome.text[lang]})
            return NOT_READABLE
        return _fail(message("cli.refused", file=file.name, reason=outcome.text[lang])[lang])
    if as_json:
        _print_json({"readable": True, **outcome.as_json(lang)})
    else:
        _print_checked(outcome, report, lang)
    return ROWS_TO_MEND if outcome.notes else CLEAN


@app.command(name="map", help=_text("map.help"))
def propose_map(workspace: Path, file: Path, *, source: str) -> int:
    """Propose a question map for the export of a survey tool."""
    from pipelines.map_proposals import propose
    from pipelines.question_maps import mapped_sources

    opened = Workspace(workspace)
    _ = opened.settings
    if not file.is_file():
        return _fail(_text("cli.no_such_file", path=file))
    if source not in mapped_sources():
        return _fail(_text("map.source_without_maps", source=source, sources=", ".join(mapped_sources())))
    try:
        proposal = propose(opened, contracts.sources()[source], file)
    except Refused as refused:
        return _fail(_text("cli.refused", file=file.name, reason=refused.text[LANGUAGE]))
    for sentence in proposal.told():
        _out.print(sentence[LANGUAGE])
    _out.print(_text("map.next", file=file, source=source, root=workspace))
    return CLEAN if proposal.is_whole else ROWS_TO_MEND


@app.command(help=_text("cli.refresh.help"))
def refresh(workspace: Path, *, offline: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Run the pipeline from the interfaces and the inbox to a published edition; `offline` asks no interface."""
    opened = Workspace(workspace)
    _ = opened.settings
    if not offline:
        _ask_interfaces(opened)
    with _progress_bar() as progress:
        outcome = run.refresh(opened, progress)
    if outcome.has_run:
        _print_accounts(opened)
        for path in landing.stray_files(opened):
            _errors.print(_text("cli.stray", path=path), markup=False)
    if outcome.kept_because is not None:
        key = "cli.kept" if outcome.edition_id else "cli.kept_none"
        _errors.print(_text(key, reason=outcome.kept_because[LANGUAGE], edition=outcome.edition_id))
        return KEPT_OLD
    _out.print(_text("cli.published" if outcome.is_new else "cli.unchanged", edition=outcome.edition_id))
    return CLEAN


@app.command(help=_text("review.help"))
def review(
    workspace: Path,
    *,
    only_list: Annotated[bool, Parameter(name="--list", negative=())] = False,
    by: str | None = None,
) -> int:
    """Decide which association unclear names mean."""
    from pipelines import review as reviewing

    opened = Workspace(workspace)
    _ = opened.settings
    _print_stale_decisions(opened)
    names = reviewing.open_names(opened)
    _out.print(_text("review.count", count=len(names)) if names else _text("review.none"), style="bold")
    if only_list:
        for sentence in (sentence for name in names for sentence in name.told()):
            _out.print(sentence[LANGUAGE])
        return CLEAN
    made = reviewing.ask(opened, names, by or getuser(), input, lambda sentence: _out.print(sentence[LANGUAGE]))
    if made:
        _out.print(_text("review.done", count=made, root=workspace))
    return CLEAN


@app.command(name="sql", help=_text("sql.help"))
def answer_sql(workspace: Path, query: str, *, out: Path | None = None) -> int:
    """Answer a question in SQL, within the limits that the dashboards set too."""
    from pipelines.editions import analyst_file
    from warehouse.question_process import SECONDS, Unanswered
    from warehouse.questions import ask

    opened = Workspace(workspace)
    _ = opened.settings
    if out is not None and out.suffix.casefold() not in {".csv", ".parquet"}:
        return _fail(_text("sql.unknown_format", path=out))
    file = analyst_file(opened)
    if file is None:
        return _fail(_text("sql.no_edition", root=workspace))
    try:
        answer = ask(file, query)
    except Unanswered as unanswered:
        return _fail(f"{_text(f'sql.fault.{unanswered.fault}', seconds=SECONDS)} {unanswered.detail}".rstrip())
    if out is None:
        sys.stdout.write(answer.frame.write_csv())
    else:
        is_parquet = out.suffix.casefold() == ".parquet"
        try:
            out.write_bytes(answer.parquet if is_parquet else answer.frame.write_csv().encode())
        except OSError:
            return _fail(_text("sql.not_written", path=out))
        _out.print(_text("sql.written", rows=_number(answer.rows), path=out))
    if not answer.is_whole:
        _errors.print(_text("sql.cut", rows=_number(answer.rows)))
    return CLEAN


@app.command(help=_text("report.help"))
def report(
    workspace: Path,
    *,
    out: Path,
    year: int | None = None,
    lang: str = LANGUAGE,
    file_format: Annotated[str | None, Parameter(name="--format")] = None,
) -> int:
    """Write the chapter of the welfare report; without `format` the ending of `out` tells it."""
    from dashboards.data import EditionUnavailable, edition_of
    from dashboards.report import making
    from dashboards.texts import LANGUAGES

    _ = Workspace(workspace).settings
    chosen = out.suffix.removeprefix(".").casefold() if file_format is None else file_format
    spoken = next((known for known in LANGUAGES if known == lang), None)
    if spoken is None:
        return _fail(_text("report.unknown_language", asked=lang, known=", ".join(LANGUAGES)))
    if chosen not in making.WRITERS:
        return _fail(_text("report.unknown_format", asked=chosen or "–", known=", ".join(making.WRITERS)))
    try:
        edition = edition_of(workspace)
    except EditionUnavailable as unavailable:
        return _fail(_text(f"report.{unavailable.problem}", root=workspace))
    years = edition.finished_years()
    if not years or year not in (None, *years):
        return _fail(_text("report.unknown_year", asked=year or "–", known=", ".join(map(str, sorted(years))) or "–"))
    made = making.report(edition, year or years[0], spoken, chosen)
    refusal = _write_new(out, made)
    if refusal is not None:
        return _fail(_text(refusal, path=out))
    _out.print(_text("report.written", path=out, edition=edition.facts.edition_id))
    return CLEAN


@app.command(help=_text("export.help"))
def export(workspace: Path, folder: Path) -> int:
    """Copy the open data of the current edition into an empty or new folder."""
    opened = Workspace(workspace)
    _ = opened.settings
    edition_id = editions.current_id(opened)
    if edition_id is None:
        return _fail(_text("export.no_edition", root=workspace))
    source = editions.open_data_folder(opened, edition_id)
    if source is None:
        return _fail(_text("export.no_open_data", edition=edition_id, root=workspace))
    try:
        if folder.exists() and any(folder.iterdir()):
            return _fail(_text("export.not_empty", folder=folder))
        copytree(source, folder, dirs_exist_ok=True)
    except OSError:
        return _fail(_text("export.not_written", folder=folder))
    count = sum(file.is_file() for file in folder.rglob("*"))
    _out.print(_text("export.done", edition=edition_id, folder=folder, count=count))
    return CLEAN


app.command(keeping.serve, help=_text("cli.serve.help"))
app.command(keeping.verify, help=_text("verify.help"))
app.command(keeping.backup, help=_text("backup.help"))
app.command(keeping.restore, help=_text("restore.help"))


def main() -> None:
    """Run the command line; a workspace that can't be used ends in one sentence and exit code 2."""
    try:
        result = app(sys.argv[1:], result_action="return_value")
    except WorkspaceError as error:
        result = _fail(str(error))
    sys.exit(result if isinstance(result, int) else CLEAN)


def _fail(sentence: str) -> int:
    _errors.print(sentence)
    return NOT_READABLE


def _checked(file: Path, source: str | None, workspace: Path | None) -> Checked | Refused:
    try:
        return check_file(file, source, workspace)
    except Refused as refused:
        return refused


def _print_checked(checked: Checked, report: Path | None, language: str) -> None:
    _out.print(message("cli.rows", file=checked.file, **checked.rows)[language])
    for note in checked.notes:
        _out.print(f"- {note.sentence(language)} {message('cli.why', why=note.why(language))[language]}")
    if checked.outside:
        _out.print(message("feedback.outside", count=checked.outside)[language])
    if checked.not_read:
        _out.print(message("feedback.not_read", headers=", ".join(checked.not_read))[language])
    if not checked.notes:
        _out.print(message("cli.clean")[language])
    if report is not None:
        _out.print(message("feedback.written", path=report)[language])


def _write_report(file: Path, outcome: Checked | Refused, report: Path, language: str) -> Text | None:
    """Write the feedback on a file; return the sentence that says why it could not be."""
    from pipelines import feedback_files

    if report.suffix.casefold() not in {".xlsx", ".html"}:
        return message("feedback.unknown_format", path=report)
    if report.resolve() == file.resolve():
        return message("feedback.same_file", path=report)
    try:
        if report.suffix.casefold() == ".xlsx":
            report.write_bytes(feedback_files.workbook(file.name, outcome, language))
        else:
            report.write_text(feedback_files.page(file.name, outcome, language), encoding="utf-8")
    except Refused as refused:
        return refused.text
    except OSError:
        return message("feedback.not_written", path=report)
    return None


def _write_new(path: Path, content: bytes) -> str | None:
    """Write a file that is not there yet: people go on writing in theirs; return why it could not be."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return "report.in_the_way"
    except OSError:
        return "report.not_written"
    return None


def _print_json(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def _ask_interfaces(workspace: Workspace) -> None:
    """Fetch what the settings have switched on; a failure is told, and what has landed before is used."""
    from pipelines.clients import fetch_all

    for fetched in fetch_all(workspace):
        title = contracts.sources()[fetched.source].title[LANGUAGE]
        if fetched.failure is None:
            _out.print(_text("client.fetched", title=title, pages=fetched.pages), markup=False)
        else:
            _errors.print(_text("client.failed", title=title, reason=fetched.failure[LANGUAGE]), markup=False)


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[table]}"))
    with ProgressBar(*columns, console=_errors, transient=True) as bar:
        task = bar.add_task(_text("cli.progress"), total=len(made_of()) + 1, table="")

        def begin(table: str) -> None:
            bar.update(task, advance=1, table=table)

        yield begin


def _print_accounts(workspace: Workspace) -> None:
    """Say what became of every row and euro of every file, then what was wrong and where."""
    files, findings = run.accounts(workspace)
    in_force = files.filter(pl.col("state") != "superseded").sort("source", "file_name")
    if in_force.is_empty():
        return
    for (source,), of_source in in_force.group_by(["source"], maintain_order=True):
        _out.print(contracts.sources()[str(source)].title[LANGUAGE], style="bold")
        for file in of_source.iter_rows(named=True):
            _out.print(f"  {_account(file)}")
    totals = {name: _number(in_force[f"rows_{name}"].sum()) for name in COUNTS}
    _out.print(_text("cli.rows", file=_text("cli.summary.total"), **totals), style="bold")
    if refused := in_force.filter(state="refused").height:
        _out.print(_text("cli.summary.refused", count=refused), style="bold")
    names = dict(in_force.select("file_sha256", "file_name").iter_rows())
    for note in feedback.notes(findings, dict(in_force.select("file_sha256", "rows_read").iter_rows())):
        _out.print(f"- {names[note.file_sha256]}: {note.sentence(LANGUAGE)}")
    for item in run.corrections(workspace).iter_rows(named=True):
        told = _text(
            f"correction.{item['state']}",
            file=item["file_name"],
            line=item["line"],
            reason=item["reason"],
            by=item["corrected_by"],
        )
        _out.print(f"- {told}", markup=False)
    _print_reconciliation(workspace)
    _print_stale_decisions(workspace)
    for link in run.links(workspace).iter_rows(named=True):
        title = contracts.sources()[link.pop("source")].title[LANGUAGE]
        _out.print(f"- {_text('cli.summary.unlinked', source=title, **link)}")


def _print_reconciliation(workspace: Workspace) -> None:
    """Say how far the grant ledger and the books agree, and name each difference that is not explained."""
    compared = run.reconciled(workspace)
    if compared.is_empty():
        return
    states = Counter(compared["state"])
    counts = {state: states[state] for state in ("agrees", "explained", "unexplained", "no_books")}
    _out.print(f"- {_text('reconciliation.count', **counts)}")
    bodies = workspace.settings.code_list("settings.granting_bodies").entries
    labels = {entry.code: entry.label[LANGUAGE] for entry in bodies}
    for row in compared.filter(state="unexplained").iter_rows(named=True):
        euros = {name: _number(row[f"{name}_eur"]) for name in ("difference", "explained", "unexplained")}
        body = labels[row["granting_body"]]
        _out.print(f"- {_text('reconciliation.summary', year=row['year'], body=body, **euros)}")


def _print_stale_decisions(workspace: Workspace) -> None:
    from pipelines.review import stale_decisions

    for decision in stale_decisions(workspace).iter_rows(named=True):
        told = _text(
            "links.unknown_number", mention=decision["mention_key"], register_number=decision["register_number"]
        )
        _out.print(f"- {told}")


def _account(file: dict[str, object]) -> str:
    if file["state"] == "refused":
        return _text("cli.refused", file=file["file_name"], reason=file["reason"])
    rows = {name: _number(file[f"rows_{name}"]) for name in COUNTS}
    said = _text("cli.rows", file=file["file_name"], **rows)
    if file["eur_read"] is None:
        return said
    euros = {name: _number(file[f"eur_{name}"]) for name in COUNTS}
    return f"{said} {_text('cli.euros', **euros)}"


def _number(value: object) -> str:
    """Show a count or a sum of euros as Finnish does: no-break spaces, decimal comma."""
    return f"{value:,}".replace(",", "\u00a0").replace(".", ",")
