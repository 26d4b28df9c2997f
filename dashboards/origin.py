"""The chain behind one figure: files, rows, rules, tables.

Here belongs: the blocks of the page "Where does the figure come from?". Not here: choosing the figure
(`app_pages/origin.py`), reading (`data`). Names of files and contents of rows are not public, so they are not here.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import components
from dashboards.data import Edition
from dashboards.formats import day, number
from dashboards.rows import TOTAL, IndicatorCard, Origin, SourceFile, Value
from dashboards.sentences import parameters
from dashboards.texts import say, tr, tr_n


def figure_name(edition: Edition, card: IndicatorCard, value: Value) -> str:
    """Return the title, period and group of a figure."""
    whole = f"{say(card.title)} {value.when}"
    if value.breakdown == TOTAL:
        return whole
    return f"{whole}, {edition.breakdown_label(value.breakdown, value.breakdown_value)}"


def files(edition: Edition, card: IndicatorCard, origins: Sequence[Origin]) -> str:
    """Return the files that hold rows of the figure; where that is not told, all files of its sources."""
    used = {(origin.source, file) for origin in origins for file in origin.files or ()}
    sources = {origin.source for origin in origins} or set(card.sources)
    received = [file for file in edition.source_files() if file.source in sources]
    header = [tr("Source"), tr("Received"), tr("Rows read"), tr("Taken in"), tr("Set aside"), tr("Cells corrected")]
    knows_files = any(origin.files for origin in origins)
    rows = [_file_row(edition, file) for file in received if not knows_files or (file.source, file.file_number) in used]
    text = tr("The figure was made from these files. Their names and rows are not public.")
    if not origins:
        text = tr("These files of its sources have been received. Their names and rows are not public.")
    elif not knows_files:
        text = tr("The figure was made from files of these sources. Their names and rows are not public.")
    return (
        components.heading(tr("1. Files"))
        + components.paragraph(text)
        + components.table(tr("Received files"), header, rows, frozenset(range(2, 6)))
    )


def _file_row(edition: Edition, file: SourceFile) -> list[str]:
    if file.state == "refused":
        return [edition.source_title(file.source), day(file.received_on), tr("could not be read"), "–", "–", "–"]
    counts = (file.rows_read, file.rows_staged, file.rows_quarantined, file.cells_corrected)
    return [edition.source_title(file.source), day(file.received_on), *map(number, counts)]


def rows_behind(edition: Edition, value: Value, origins: Sequence[Origin]) -> str:
    """Return how many rows stand behind the figure, and what each kind of row is to it."""
    heading = components.heading(tr("2. Rows"))
    if value.is_hidden:
        why = tr("The figure is hidden to protect a small group, and so is the number of rows behind it.")
        return heading + components.paragraph(why)
    if not origins:
        return heading + components.paragraph(_why_no_rows(value))
    roles = {
        "counted": tr("counted in the figure"),
        "divisor": tr("the figure is divided by these"),
        "basis": tr("why a row is counted"),
    }
    rows = [
        [
            edition.source_title(origin.source),
            tr("not given for a group") if origin.source_rows is None else number(origin.source_rows),
            roles[origin.role],
        ]
        for origin in origins
    ]
    header = [tr("Source"), tr("Rows"), tr("What they are for")]
    counted = sum(origin.source_rows or 0 for origin in origins if origin.role == "counted")
    lead = tr_n("{n} row is counted in the figure.", "{n} rows are counted in the figure.", counted, n=number(counted))
    return (
        heading
        + components.paragraph(lead)
        + components.table(tr("Rows behind the figure"), header, rows, frozenset({1}))
    )


def _why_no_rows(value: Value) -> str:
    if value.number is None:
        return tr("Nothing was counted, so the figure is empty. The reason stands above.")
    if value.number == 0:
        return tr("No row counts for this figure, so it is zero.")
    return tr("The edition lists no rows for it.")


def show_rules(edition: Edition, card: IndicatorCard, origins: Sequence[Origin]) -> None:
    """Show how the figure is counted, and behind a fold the rules that stopped at rows of its sources."""
    told = [
        (tr("How it is counted"), say(card.formula)),
        (tr("Method"), say(card.method)),
        (tr("Limits"), say(card.limits)),
    ]
    rests_on = " ".join(parameters(edition, card))
    st.html(
        components.heading(tr("3. Rules and decisions"))
        + components.definitions(told)
        + (components.paragraph(rests_on) if rests_on else "")
    )
    sources = {origin.source for origin in origins}
    failed = [check for check in edition.checks if check.source in sources and not check.passed]
    if not failed:
        st.html(components.paragraph(tr("No rule found anything to mend in the rows of these sources.")))
        return
    header = [tr("What was found"), tr("Source"), tr("Rows"), tr("What was done")]
    rows = [
        [say(check.message), edition.source_title(check.source), number(check.rows_failed), _outcome(check.severity)]
        for check in failed
    ]
    stopped = tr("Rows that the rules stopped at")
    with st.expander(f"{stopped} ({number(sum(check.rows_failed for check in failed))})"):
        st.html(components.table(stopped, header, rows, frozenset({2})))


def _outcome(severity: str) -> str:
    return tr("kept, with a warning") if severity == "warning" else tr("set aside until mended")


def tables(card: IndicatorCard, origins: Sequence[Origin]) -> str:
    """Return the tables that the figure went through, in order."""
    staged = sorted({f"staging.{origin.source}" for origin in origins})
    core = sorted({origin.core_table for origin in origins})
    steps = [
        (tr("Rows, typed and checked"), ", ".join(staged)),
        (tr("Who and what is meant"), ", ".join(core)),
        (tr("Counted"), ", ".join(card.counted_in)),
        (tr("With coverage, verdict and interval"), "marts.indicator_values"),
    ]
    text = tr("The name of a table is the name of its SQL model in the program (warehouse/models).")
    return (
        components.heading(tr("4. Tables"))
        + components.paragraph(text)
        + components.definitions([(name, told) for name, told in steps if told])
    )


def query(edition: Edition, value: Value) -> str:
    """Return the query that gives an analyst every row behind the figure."""
    text = tr(
        "An analyst gets each file, sheet and line behind the figure with this query from the file analyst.duckdb."
    )
    return (
        components.heading(tr("5. For analysts"))
        + components.paragraph(text)
        + components.code(tr("Query"), edition.row_query(value))
    )
