"""Delivering a file: choosing it, seeing what is wrong with it, and accepting it only then.

Here belongs: what the page "Toimita aineisto" shows. Not here: who may see it, what is checked and kept
(`restricted.deliveries`), the list of earlier deliveries (`delivery_tables`).
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboards import components
from dashboards.closed_page import show_closed
from dashboards.data import Edition
from dashboards.formats import number
from dashboards.restricted import deliveries
from dashboards.restricted.deliveries import Feedback
from dashboards.restricted.roles import Closed
from dashboards.texts import say, tr, tr_n

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_DONE: Final = "delivery_done"
_ROUND: Final = "delivery_round"
_CHECKED: Final = "delivery_checked"


def show(edition: Edition) -> None:
    """Show the choice of a file, and the feedback when one is chosen."""
    if done := st.session_state.pop(_DONE, ""):
        st.html(components.notice(done))
    titles = {name: edition.source_title(name) for name in deliveries.sources()}
    source = st.selectbox(
        tr("What is in the file?"),
        ["", *titles],
        format_func=lambda name: titles.get(name) or tr("It is recognised by its headers"),
        filter_mode=None,
    )
    file = st.file_uploader(
        tr("File: CSV, XLSX, ODS, or JSON of an interface, at most {limit} MB", limit=deliveries.LARGEST_MEBI),
        max_upload_size=deliveries.LARGEST_MEBI,
        key=f"delivery_file_{st.session_state.get(_ROUND, 0)}",
    )
    if file is None:
        st.session_state.pop(_CHECKED, None)
        return
    content = file.getvalue()
    _show_feedback(file.name, content, _checked(file, content, source or None), titles)


def show_templates(edition: Edition) -> None:
    """Show the empty workbooks, one at a time."""
    titles = {name: edition.source_title(name) for name in deliveries.with_template()}
    st.html(
        components.heading(tr("Empty workbooks to fill in"))
        + components.paragraph(
            tr(
                "Each has the headers, a filled-in example, the lists to choose from "
                "and a sheet that explains the columns."
            )
        )
    )
    chosen = st.selectbox(tr("Workbook"), list(titles), format_func=titles.__getitem__, filter_mode=None)
    st.download_button(
        tr("Download the workbook (XLSX)"),
        partial(deliveries.template, chosen),
        file_name=f"{chosen}.xlsx",
        mime=XLSX,
        on_click="ignore",
    )


def _checked(file: UploadedFile, content: bytes, source: str | None) -> Feedback:
    """Return the feedback on a file; it is checked once, however often the page runs."""
    asked = (sha256(content).hexdigest(), file.name, source, say({"fi": "fi", "sv": "sv", "en": "en"}))
    kept: tuple[object, Feedback] | None = st.session_state.get(_CHECKED)
    if kept is not None and kept[0] == asked:
        return kept[1]
    with st.spinner(tr("The file is being checked. A large file takes a minute.")):
        feedback = deliveries.check(content, file.name, source)
    st.session_state[_CHECKED] = (asked, feedback)
    return feedback


def _show_feedback(name: str, content: bytes, feedback: Feedback, titles: dict[str, str]) -> None:
    st.html(components.heading(tr("What the check says of {file}", file=deliveries.safe_name(name))))
    if not feedback.is_readable:
        st.html(
            components.notice(feedback.refusal, "problem")
            + components.paragraph(tr("The file can't be accepted. Mend it and choose it again."))
        )
        return
    st.html(components.paragraph(tr("Source: {title}.", title=titles[feedback.source])) + _counts(feedback))
    if feedback.not_read:
        headers = ", ".join(feedback.not_read)
        st.html(components.paragraph(tr("These columns are not read: {headers}", headers=headers)))
    st.html(_findings(feedback))
    if feedback.workbook:
        st.download_button(
            tr("Download a copy with the faults marked (XLSX)"),
            feedback.workbook,
            file_name=f"{deliveries.safe_name(name).rpartition('.')[0] or name}-palaute.xlsx",
            mime=XLSX,
            on_click="ignore",
        )
    _show_accepting(name, content, feedback)


def _counts(feedback: Feedback) -> str:
    return components.figures(
        [
            (number(feedback.rows_read), tr("rows read"), ""),
            (number(feedback.rows_staged), tr("would be taken in"), ""),
            (number(feedback.rows_quarantined), tr("would be set aside"), ""),
        ]
    )


def _findings(feedback: Feedback) -> str:
    if not feedback.findings:
        return components.paragraph(tr("The file is in order."))
    labels = [tr("What to do"), tr("Why it matters"), tr("How many"), tr("Where"), tr("Severity")]
    sections = "".join(
        f'<section class="yp-finding yp-finding-{finding.severity}">{components.heading(finding.what, 4)}'
        + components.definitions(
            zip(
                labels,
                (finding.remedy, finding.why, finding.how_many, finding.where, finding.severity_told),
                strict=True,
            )
        )
        + "</section>"
        for finding in feedback.findings
    )
    return components.heading(tr("To mend and to check"), 3) + sections


def _show_accepting(name: str, content: bytes, feedback: Feedback) -> None:
    st.html(components.heading(tr("Accept the file"), 3))
    if there := deliveries.same_file(feedback):
        st.html(
            components.notice(
                tr("Exactly the same file has come before, as {file}. It need not be sent again.", file=there)
            )
        )
        return
    if feedback.rows_quarantined:
        st.html(components.notice(_warning(feedback), "problem"))
    with st.form("delivery"):
        replaces = _ask_what_it_replaces(name, feedback)
        st.html(components.paragraph(when_figures_change(), "quiet"))
        if st.form_submit_button(_accept_label(feedback), type="primary"):
            _accept(name, content, feedback, replaces)


def when_figures_change() -> str:
    """Return when a file that is accepted now shows in the figures, as a sentence."""
    return tr(
        "The file is read at the next refresh, which begins by itself about a minute after the file has come. "
        "The figures change when the new edition is ready; nothing changes before."
    )


def _warning(feedback: Feedback) -> str:
    return tr_n(
        "If you accept the file as it is, {count} row of {all} is set aside. "
        "It is not in the figures before it has been mended and the file delivered again.",
        "If you accept the file as it is, {count} rows of {all} are set aside. "
        "They are not in the figures before they have been mended and the file delivered again.",
        feedback.rows_quarantined,
        count=number(feedback.rows_quarantined),
        all=number(feedback.rows_read),
    )


def _accept_label(feedback: Feedback) -> str:
    if not feedback.rows_quarantined:
        return tr("Accept the file")
    return tr_n(
        "Accept the file, {count} row set aside",
        "Accept the file, {count} rows set aside",
        feedback.rows_quarantined,
        count=number(feedback.rows_quarantined),
    )


def _ask_what_it_replaces(name: str, feedback: Feedback) -> str:
    """Ask whether the file takes the place of an earlier one; a file of the same name most likely does."""
    there = deliveries.replaceable(feedback.source)
    if not there:
        return ""
    options = ["", *there]
    same_name = deliveries.safe_name(name)
    return st.selectbox(
        tr("Does the file replace an earlier one?"),
        options,
        index=options.index(same_name) if same_name in options else 0,
        format_func=lambda file: tr("It replaces {file}", file=file) if file else tr("No, its rows are new ones"),
        help=tr("A mended file replaces the one before it; otherwise the same rows would be counted twice."),
        filter_mode=None,
    )


def _accept(name: str, content: bytes, feedback: Feedback, replaces: str) -> None:
    try:
        outcome = deliveries.accept(feedback, content, name, replaces or None)
    except Closed as closed:
        show_closed(closed, "deliveries")
        return
    said = {
        "accepted": tr("The file is accepted. Thank you! {when}", when=when_figures_change()),
        "there_already": tr("Exactly the same file came a moment ago. It was not taken in twice."),
        "other_file": tr("The files have changed meanwhile. Choose the file again."),
    }
    st.session_state[_DONE] = said[outcome]
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_CHECKED, None)
    st.rerun()
