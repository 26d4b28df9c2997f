"""The command line: `yhteispeli init | example | check | map | refresh | review | sql | report | export | serve …`.

Here belongs: arguments, exit codes and printing. Not here: the work behind the commands, the commands of
those who keep the service (`service.commands`).
"""

from __future__ import annotations

import json
import shlex
import sys
from getpass import getuser
from pathlib import Path
from shutil import copytree
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from pipelines import console, contracts, editions, landing, obstacles, run
from pipelines.checking import Checked, check_file
from pipelines.contract_model import Text
from pipelines.contracts import message
from pipelines.country.folder import is_country
from pipelines.raw_table import Refused
from pipelines.refresh_account import print_accounts, print_stale_decisions, progress_bar
from pipelines.service import commands as keeping
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

CLEAN, ROWS_TO_MEND, NOT_READABLE, KEPT_OLD = 0, 1, 2, 3


def _misused(_error: CycloptsError) -> str:
    return console.text("cli.misused", command=shlex.join(["yhteispeli", *sys.argv[1:]]))


app = App(name="yhteispeli", help=console.text("cli.app.help"), help_flags=["--help", "-h"], error_formatter=_misused)


@app.command(help=console.text("cli.init.help"))
def init(workspace: Path, *, municipality: str | None = None) -> int:
    """Make an empty workspace with settings, inbox folders and templates."""
    from pipelines.templates import template_sources, write_template

    try:
        settings_text = contracts.municipality_settings(municipality or contracts.BLANK_MUNICIPALITY)
    except KeyError:
        known = ", ".join(contracts.known_municipalities())
        return _fail(console.text("cli.unknown_municipality", name=municipality, known=known))
    made = Workspace(workspace)
    made.create(settings_text)
    made.templates.mkdir(exist_ok=True)
    for source in template_sources():
        write_template(source, made.settings, made.templates / f"{source.name}.xlsx")
    console.out.print(console.text("cli.init.done", root=workspace))
    return CLEAN


@app.command(help=console.text("cli.example.help"))
def example(
    workspace: Path, *, size: Literal["municipality", "region", "national"] = "municipality", seed: int = 1
) -> int:
    """Make the workspace of the example municipality, or the folder of an invented region or country."""
    if size != "municipality":
        from pipelines.example.country_files import write_country

        towns = write_country(workspace, size, seed)
        console.out.print(console.text("country.example.done", root=workspace, towns=towns))
        return CLEAN
    from pipelines.example import write_example

    write_example(workspace, seed)
    console.out.print(console.text("cli.example.done", root=workspace))
    return CLEAN


@app.command(help=console.text("cli.check.help"))
def check(
    file: Path,
    *,
    source: str | None = None,
    workspace: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    report: Path | None = None,
    lang: Literal["fi", "sv", "en"] = console.LANGUAGE,
) -> int:
    """Check one file against its contract; `report` is a file for the feedback, XLSX or HTML."""
    if not file.is_file():
        return _fail(console.text("cli.no_such_file", path=file))
    if source is not None and source not in contracts.sources():
        return _fail(console.text("cli.no_such_source", source=source, sources=", ".join(contracts.sources())))
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


@app.command(name="map", help=console.text("map.help"))
def propose_map(workspace: Path, file: Path, *, source: str) -> int:
    """Propose a question map for the export of a survey tool."""
    from pipelines.map_proposals import propose
    from pipelines.question_maps import mapped_sources

    opened = Workspace(workspace)
    _ = opened.settings
    if not file.is_file():
        return _fail(console.text("cli.no_such_file", path=file))
    if source not in mapped_sources():
        return _fail(console.text("map.source_without_maps", source=source, sources=", ".join(mapped_sources())))
    try:
        proposal = propose(opened, contracts.sources()[source], file)
    except Refused as refused:
        return _fail(console.text("cli.refused", file=file.name, reason=refused.text[console.LANGUAGE]))
    for sentence in proposal.told():
        console.out.print(sentence[console.LANGUAGE])
    console.out.print(console.text("map.next", file=file, source=source, root=workspace))
    return CLEAN if proposal.is_whole else ROWS_TO_MEND


@app.command(help=console.text("cli.refresh.help"))
def refresh(workspace: Path, *, offline: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Run the pipeline from the interfaces and the inbox to a published edition; `offline` asks no interface.

    Of a country, the municipalities whose input has changed are refreshed; no interface is asked for them.
    """
    if is_country(workspace):
        from pipelines.country import commands as of_country

        return of_country.refresh(workspace)
    opened = Workspace(workspace)
    _ = opened.settings
    if not offline:
        _ask_interfaces(opened)
    with progress_bar() as progress:
        outcome = run.refresh(opened, progress)
    if outcome.has_run:
        print_accounts(opened)
        for path in landing.stray_files(opened):
            console.errors.print(console.text("cli.stray", path=path), markup=False)
    if outcome.kept_because is not None:
        key = "cli.kept" if outcome.edition_id else "cli.kept_none"
        console.errors.print(
            console.text(key, reason=outcome.kept_because[console.LANGUAGE], edition=outcome.edition_id)
        )
        return KEPT_OLD
    console.out.print(console.text("cli.published" if outcome.is_new else "cli.unchanged", edition=outcome.edition_id))
    return CLEAN


@app.command(help=console.text("review.help"))
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
    print_stale_decisions(opened)
    names = reviewing.open_names(opened)
    console.out.print(
        console.text("review.count", count=len(names)) if names else console.text("review.none"), style="bold"
    )
    if only_list:
        for sentence in (sentence for name in names for sentence in name.told()):
            console.out.print(sentence[console.LANGUAGE])
        return CLEAN
    made = reviewing.ask(
        opened, names, by or getuser(), input, lambda sentence: console.out.print(sentence[console.LANGUAGE])
    )
    if made:
        console.out.print(console.text("review.done", count=made, root=workspace))
    return CLEAN


@app.command(name="sql", help=console.text("sql.help"))
def answer_sql(workspace: Path, query: str, *, out: Path | None = None) -> int:
    """Answer a question in SQL, within the limits that the dashboards set too."""
    from pipelines.editions import analyst_file
    from warehouse.question_process import SECONDS, Unanswered
    from warehouse.questions import ask

    opened = Workspace(workspace)
    _ = opened.settings
    if out is not None and out.suffix.casefold() not in {".csv", ".parquet"}:
        return _fail(console.text("sql.unknown_format", path=out))
    file = analyst_file(opened)
    if file is None:
        return _fail(console.text("sql.no_edition", root=workspace))
    try:
        answer = ask(file, query)
    except Unanswered as unanswered:
        return _fail(f"{console.text(f'sql.fault.{unanswered.fault}', seconds=SECONDS)} {unanswered.detail}".rstrip())
    if out is None:
        sys.stdout.write(answer.frame.write_csv())
    else:
        is_parquet = out.suffix.casefold() == ".parquet"
        try:
            out.write_bytes(answer.parquet if is_parquet else answer.frame.write_csv().encode())
        except OSError:
            return _fail(console.text("sql.not_written", path=out))
        console.out.print(console.text("sql.written", rows=console.number(answer.rows), path=out))
    if not answer.is_whole:
        console.errors.print(console.text("sql.cut", rows=console.number(answer.rows)))
    return CLEAN


@app.command(help=console.text("report.help"))
def report(
    workspace: Path,
    *,
    out: Path,
    year: int | None = None,
    lang: str = console.LANGUAGE,
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
        return _fail(console.text("report.unknown_language", asked=lang, known=", ".join(LANGUAGES)))
    if chosen not in making.WRITERS:
        return _fail(console.text("report.unknown_format", asked=chosen or "–", known=", ".join(making.WRITERS)))
    try:
        edition = edition_of(workspace)
    except EditionUnavailable as unavailable:
        return _fail(console.text(f"report.{unavailable.problem}", root=workspace))
    years = edition.finished_years()
    if not years or year not in (None, *years):
        return _fail(
            console.text("report.unknown_year", asked=year or "–", known=", ".join(map(str, sorted(years))) or "–")
        )
    made = making.report(edition, year or years[0], spoken, chosen)
    refusal = _write_new(out, made)
    if refusal is not None:
        return _fail(console.text(refusal, path=out))
    console.out.print(console.text("report.written", path=out, edition=edition.facts.edition_id))
    return CLEAN


@app.command(help=console.text("export.help"))
def export(workspace: Path, folder: Path) -> int:
    """Copy the open data of the current edition into an empty or new folder."""
    opened = Workspace(workspace)
    _ = opened.settings
    edition_id = editions.current_id(opened)
    if edition_id is None:
        return _fail(console.text("export.no_edition", root=workspace))
    source = editions.open_data_folder(opened, edition_id)
    if source is None:
        return _fail(console.text("export.no_open_data", edition=edition_id, root=workspace))
    try:
        if folder.exists() and any(folder.iterdir()):
            return _fail(console.text("export.not_empty", folder=folder))
        copytree(source, folder, dirs_exist_ok=True)
    except OSError:
        return _fail(console.text("export.not_written", folder=folder))
    count = sum(file.is_file() for file in folder.rglob("*"))
    console.out.print(console.text("export.done", edition=edition_id, folder=folder, count=count))
    return CLEAN


app.command(keeping.publish, help=console.text("publish.help"))
app.command(keeping.serve, help=console.text("cli.serve.help"))
app.command(keeping.status, help=console.text("status.help"))
app.command(keeping.verify, help=console.text("verify.help"))
app.command(keeping.backup, help=console.text("backup.help"))
app.command(keeping.restore, help=console.text("restore.help"))


def main() -> None:
    """Run the command line; what people or their machine must mend first ends in one sentence and exit code 2."""
    try:
        result = app(sys.argv[1:], result_action="return_value")
    except WorkspaceError as error:
        result = _fail(str(error))
    except OSError as error:
        said = obstacles.told(str(error), error.filename)
        if said is None:
            raise
        result = _fail(said[console.LANGUAGE])
    sys.exit(result if isinstance(result, int) else CLEAN)


def _fail(sentence: str) -> int:
    console.errors.print(sentence)
    return NOT_READABLE


def _checked(file: Path, source: str | None, workspace: Path | None) -> Checked | Refused:
    try:
        return check_file(file, source, workspace)
    except Refused as refused:
        return refused


def _print_checked(checked: Checked, report: Path | None, language: str) -> None:
    console.out.print(message("cli.rows", file=checked.file, **checked.rows)[language])
    for note in checked.notes:
        console.out.print(f"- {note.sentence(language)} {message('cli.why', why=note.why(language))[language]}")
    if checked.outside:
        console.out.print(message("feedback.outside", count=checked.outside)[language])
    if checked.not_read:
        console.out.print(message("feedback.not_read", headers=", ".join(checked.not_read))[language])
    if not checked.notes:
        console.out.print(message("cli.clean")[language])
    if report is not None:
        console.out.print(message("feedback.written", path=report)[language])


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
        title = contracts.sources()[fetched.source].title[console.LANGUAGE]
        if fetched.failure is None:
            console.out.print(console.text("client.fetched", title=title, pages=fetched.pages), markup=False)
        else:
            console.errors.print(
                console.text("client.failed", title=title, reason=fetched.failure[console.LANGUAGE]), markup=False
            )
