"""The open data of an edition for people: what there is, how it may be used, how the files are written.

Here belongs: that text as HTML, for the page of the dashboards and for the one without scripts. Not here: the pages
themselves (`app_pages/open_data.py`, `api/pages.py`), reading and sending files.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import PurePosixPath

from dashboards import components
from dashboards.address import page_address
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.formats import NBSP, day, number
from dashboards.navigation import OPEN_DATA
from dashboards.published import OpenData, OpenFile
from dashboards.texts import say, tr

INTERFACE = "api/v1/"
FOLDER = "open-data"


def open_data_link() -> Markup:
    """Return the link to the page of the open data, seen from any page of the dashboards."""
    words = tr("Open data: all figures as files")
    return Markup(components.link(page_address(OPEN_DATA.address), words))


def lead(opened: OpenData) -> str:
    """Return the message at the top."""
    tables = {file.table for file in opened.files.values() if file.table}
    return tr(
        "The figures, the grants and the quality of the data are open data: {n} tables, free for everybody to use when "
        "the source is named.",
        n=len(tables),
    )


def sections(edition: Edition, opened: OpenData, root: str) -> Iterator[str]:
    """Yield everything below the message as HTML, a section at a time.

    Parameters
    ----------
    edition, opened
        The edition and its open data.
    root
        How the address of the service begins, seen from the page.
    """
    yield components.heading(tr("Tables")) + _tables(opened, root)
    yield components.heading(tr("Other files")) + _others(opened, root)
    yield components.heading(tr("Use and source")) + _use(edition, opened)
    yield components.heading(tr("How the files are written")) + _written()
    yield components.heading(tr("For programs")) + _programs(root)


def _tables(opened: OpenData, root: str) -> str:
    header = [tr("Table"), tr("Rows"), tr("Download")]
    rows = []
    for file in opened.files.values():
        if file.title is None or file.description is None or PurePosixPath(file.path).suffix != ".csv":
            continue
        twin = next(other for other in opened.files.values() if other.table == file.table and other.path != file.path)
        title = say(file.title)
        links = Markup("<br>".join(_link(opened, found, root, title) for found in (file, twin)))
        rows.append([_named(title, say(file.description)), number(file.rows or 0), links])
    return components.table(tr("Tables of the open data"), header, rows, frozenset({1}))


def _others(opened: OpenData, root: str) -> str:
    header = [tr("File"), tr("Download")]
    rows = [
        [_named(title, whom), _link(opened, opened.files[path], root, title)]
        for path, title, whom in _other_files()
        if path in opened.files
    ]
    return components.table(tr("Other files of the open data"), header, rows)


def _other_files() -> Iterator[tuple[str, str, str]]:
    told = tr("What each column holds")
    yield "dictionary.fi.md", tr("Data dictionary in Finnish"), told
    yield "dictionary.sv.md", tr("Data dictionary in Swedish"), told
    yield "dictionary.en.md", tr("Data dictionary in English"), told
    yield "csv/dictionary.csv", tr("Data dictionary as a table"), told
    yield "datapackage.json", tr("Data Package"), tr("The tables and their columns for programs")
    yield "grants_360giving.json", tr("Grants in the 360Giving format"), tr("For services that compare grants")
    yield "dcat.jsonld", tr("Catalogue (DCAT-AP)"), tr("For data portals")


def _named(title: str, note: str) -> Markup:
    return Markup(f'{escape(title)}<span class="yp-note">{escape(note)}</span>')


def _link(opened: OpenData, file: OpenFile, root: str, title: str) -> Markup:
    kind = PurePosixPath(file.path).suffix.removeprefix(".")
    names = {"md": tr("Text"), "jsonld": "JSON-LD", "parquet": "Parquet"}
    shown = f"{names.get(kind, kind.upper())},{NBSP}{_size(file.size)}"
    address = f"{root}{FOLDER}/{opened.edition_id}/{file.path}"
    return Markup(
        f'<a href="{escape(address)}" download aria-label="{escape(f"{shown}: {title}")}">{escape(shown)}</a>'
    )


def _size(size: int) -> str:
    return tr("{n} kB", n=number(max(1, round(size / 1000)))).replace(" ", NBSP)


def _use(edition: Edition, opened: OpenData) -> str:
    facts = edition.facts
    licence = Markup(f'<a href="{escape(opened.licence_address)}" rel="license">{escape(opened.licence_title)}</a>')
    source = tr(
        "{municipality}: how the municipality and its associations work together, edition {edition}, data until {day} "
        "(CC BY 4.0).",
        municipality=facts.municipality_name,
        edition=facts.edition_id,
        day=day(facts.data_until),
    )
    rows = (
        (tr("Licence"), licence),
        (tr("How to name the source"), source),
        (
            tr("What is left out"),
            tr(
                "Figures of small groups are hidden, private persons are not named, and what people wrote freely is "
                "not published."
            ),
        ),
    )
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{components.safe(text)}</dd>" for name, text in rows)
    return f'<dl class="yp-definitions">{cells}</dl>'


def _written() -> str:
    told = (
        tr("CSV after RFC 4180: commas between cells, a point in decimals, days as 2026-11-24, UTF-8."),
        tr("In Excel choose Data, From Text/CSV, and a comma as the delimiter; a double click puts all in one column."),
        tr("An empty cell is a missing fact. Several values in a cell have | between them."),
        tr("An apostrophe before a text keeps a spreadsheet from taking it for a formula; Parquet has none."),
    )
    return "".join(components.paragraph(sentence) for sentence in told)


def _programs(root: str) -> str:
    words = tr("The interface gives the same figures as JSON and CSV, with filters.")
    address = f"{root}{INTERFACE}"
    stays = tr(
        "Files of an edition stay under its own address. With the word current in place of the edition an address "
        "leads to the newest one: {address}",
        address=f"/{FOLDER}/current/csv/marts.indicator_values.csv",
    )
    way_on = tr("How the interface is used")
    link = Markup(f'{escape(words)} <a href="{escape(address)}">{escape(way_on)}</a>')
    return components.paragraph(link) + components.paragraph(stays)
