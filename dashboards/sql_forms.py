"""Asking the analysts' file in SQL: examples, the question, its answer, the questions of this visit, the tables.

Here belongs: what the page "Aineisto ja SQL" shows. Not here: who may see it, what is answered (`restricted.analyst`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Final
from urllib.parse import quote

import streamlit as st

from dashboards import components
from dashboards.address import choose, page_address
from dashboards.data import Edition
from dashboards.downloads import rows_csv
from dashboards.formats import for_spreadsheet, number
from dashboards.navigation import ORIGIN, page_title
from dashboards.query_link import QUERY
from dashboards.restricted import analyst
from dashboards.restricted.analyst import MOST_ROWS, SECONDS, Answer, Table, Unanswered
from dashboards.texts import say, tr, tr_n

TABLE: Final = "taulu"
SHOWN: Final = 100
"""Rows of an answer on the page; its files hold all."""

_TEXT: Final = "analyst_text"
_ASKED: Final = "analyst_asked"
_VISIT: Final = "analyst_visit"
_LONGEST_CELL: Final = 200
_LONGEST_LINK: Final = 3000
_KEPT: Final = 20
_NUMERIC: Final = ("INT", "UINT", "TINYINT", "SMALLINT", "BIGINT", "HUGEINT", "DECIMAL", "DOUBLE", "FLOAT")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, or the sentence that says why it has none and what DuckDB says of it."""

    sql: str
    edition_id: str
    answer: Answer | None
    why_not: str = ""
    detail: str = ""


def how_much(edition: Edition, tables: list[Table]) -> str:
    """Return what the file holds, as a sentence."""
    rows = number(sum(table.row_count for table in tables))
    return tr(
        "{tables} tables and {rows} rows of the edition {edition} can be asked in SQL.",
        tables=number(len(tables)),
        rows=rows,
        edition=edition.facts.edition_id,
    )


def show_question(edition: Edition) -> None:
    """Show the examples and the field for a question, and answer it when asked to."""
    if _TEXT not in st.session_state:
        st.session_state[_TEXT] = st.query_params.get(QUERY, "") or analyst.example("awarded")
    st.html(components.heading(tr("Ask in SQL")))
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
        titles = example_titles()
        chosen = st.selectbox(tr("Example"), list(titles), format_func=titles.__getitem__, filter_mode=None)
        st.button(tr("Take the example"), on_click=_take, args=(analyst.example(chosen),))
    origin = components.link(page_address(ORIGIN.address), page_title(ORIGIN))
    ready = tr("The query for the rows behind any figure stands ready on the page:")
    st.html(components.paragraph(components.Markup(f"{escape(ready)} {origin}"), "quiet"))
    with st.form("analyst_question", border=False):
        st.text_area(tr("Query"), key=_TEXT, height=240)
        limits = tr(
            "One query at a time, in the SQL of DuckDB. It can only read. "
            "It may take {seconds} seconds and give {rows} rows.",
            seconds=SECONDS,
            rows=number(MOST_ROWS),
        )
        st.html(components.paragraph(limits, "quiet"))
        if st.form_submit_button(tr("Run the query"), type="primary"):
            _ask(edition, st.session_state[_TEXT])
    if asked := st.session_state.get(_ASKED):
        _show(asked)


def example_titles() -> dict[str, str]:
    """Return the names of the examples with their titles."""
    return {
        "awarded": tr("Awarded grants by year"),
        "rows_behind": tr("The rows behind a figure"),
        "recipients": tr("Who has been awarded grants"),
        "without_grants": tr("Active associations that never were awarded a grant"),
        "coverage": tr("What the yearly returns tell"),
        "failed_rules": tr("What the checks found"),
    }


def _take(sql: str) -> None:
    st.session_state[_TEXT] = sql


def _ask(edition: Edition, sql: str) -> None:
    try:
        asked = Asked(sql, edition.facts.edition_id, analyst.answer(edition, sql))
    except Unanswered as unanswered:
        why = say(analyst.why_unanswered(unanswered))
        asked = Asked(sql, edition.facts.edition_id, None, why, unanswered.detail)
    st.session_state[_ASKED] = asked
    st.session_state[_VISIT] = [asked, *st.session_state.get(_VISIT, ())][:_KEPT]
    if len(quote(sql)) <= _LONGEST_LINK:
        st.query_params[QUERY] = sql
    else:
        st.query_params.pop(QUERY, None)


def _show(asked: Asked) -> None:
    st.html(components.heading(tr("Result")))
    if asked.answer is None:
        st.html(components.notice(asked.why_not, "problem"))
        if asked.detail:
            st.html(components.code(tr("What DuckDB says, in English"), _english(asked.detail)))
        return
    st.html(components.paragraph(_how_many(asked.answer)))
    _show_rows(asked.answer)
    _show_downloads(asked, asked.answer)
    link = (
        tr("The address of this page now holds the query: whoever may open the page can run it from a link.")
        if len(quote(asked.sql)) <= _LONGEST_LINK
        else tr("The query is too long for an address, so there is no link to it.")
    )
    st.html(components.paragraph(link, "quiet"))


def _how_many(answer: Answer) -> str:
    rows = tr_n("{n} row", "{n} rows", answer.rows, n=number(answer.rows))
    seconds = number(answer.seconds, 1)
    told = tr("{rows} in {seconds} seconds.", rows=rows, seconds=seconds)
    if not answer.is_whole:
        told = tr("More rows than an answer may hold; here are the first {n}.", n=number(answer.rows))
    shown = tr("The first {n} are shown; the files hold the rest.", n=number(SHOWN))
    return f"{told} {shown}" if answer.rows > SHOWN else told


def _show_rows(answer: Answer) -> None:
    if not answer.rows:
        return
    first = answer.frame.head(SHOWN)
    rows = [[_cell(value) for value in row] for row in first.iter_rows()]
    numeric = frozenset(place for place, kind in enumerate(answer.types) if kind.startswith(_NUMERIC))
    flat = frozenset(place for place in numeric if not answer.types[place].endswith("]"))
    st.html(components.table(tr("Result of the query"), first.columns, rows, flat))


def _cell(value: object) -> str:
    if value is None:
        return "–"
    text = for_spreadsheet(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


def _show_downloads(asked: Asked, answer: Answer) -> None:
    """Offer the rows as files; their name is of the question, so that two answers never are one file."""
    name = f"kysely-{asked.edition_id}-{sha256(asked.sql.encode()).hexdigest()[:8]}"
    frame = answer.frame
    with st.container(horizontal=True):
        st.download_button(
            tr("Download the result as CSV"),
            lambda: rows_csv(frame.columns, frame.iter_rows()),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
        )
        st.download_button(
            tr("Download the result as Parquet"),
            answer.parquet,
            f"{name}.parquet",
            "application/vnd.apache.parquet",
            on_click="ignore",
        )


def show_visit() -> None:
    """Show the questions of this visit, the newest first; they are forgotten when the page is left."""
    visit: list[Asked] = st.session_state.get(_VISIT, [])
    if not visit:
        return
    with st.expander(tr("Queries of this visit ({n})", n=number(len(visit)))):
        for place, asked in enumerate(visit):
            told = asked.why_not if asked.answer is None else _how_many(asked.answer)
            label = tr("Query {n}", n=number(len(visit) - place))
            st.html(components.code(label, asked.sql) + components.paragraph(told, "quiet"))
            st.button(tr("Take query {n} back", n=number(len(visit) - place)), on_click=_take, args=(asked.sql,))


def show_tables(edition: Edition, tables: list[Table]) -> None:
    """Show one table with its columns, and behind a fold the list of all."""
    st.html(components.heading(tr("Tables and columns")))
    text = tr(
        "Tables begin with their room: marts are figures, core is what they are made of, quality tells of the checks "
        "and meta of the words. Names and descriptions are in English, as in the program."
    )
    st.html(components.paragraph(text))
    notices = st.container()
    names = {table.name: table.name for table in tables}
    chosen = choose(tr("Table"), TABLE, names, next(iter(names)), notices)
    table = next(table for table in tables if table.name == chosen)
    rows = tr_n("{n} row", "{n} rows", table.row_count, n=number(table.row_count))
    st.html(
        components.paragraph(components.Markup(f'<span lang="en">{escape(table.description)}</span> {escape(rows)}.'))
        + components.table(
            tr("Columns of {table}", table=chosen),
            [tr("Column"), tr("Type"), tr("What it holds")],
            [[column.name, column.type, _english(column.description)] for column in analyst.columns(edition, chosen)],
        )
    )
    st.button(tr("Ask for the rows of this table"), on_click=_take, args=(analyst.whole_table(chosen),))
    with st.expander(tr("All tables ({n})", n=number(len(tables)))):
        listed = [[item.name, number(item.row_count), _english(item.description)] for item in tables]
        header = [tr("Table"), tr("Rows"), tr("What it holds")]
        st.html(components.table(tr("Tables of the analysts' file"), header, listed, frozenset({1})))


def _english(text: str) -> str:
    return components.Markup(f'<span lang="en">{escape(text)}</span>')
