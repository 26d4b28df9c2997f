"""A page behind a door that is closed: what is needed to open it, and nothing else.

Here belongs: telling why a page is closed and how it is opened. Not here: who may enter (`restricted.roles`).
"""

from __future__ import annotations

import streamlit as st

from dashboards import components
from dashboards.restricted.roles import Closed, Door
from dashboards.texts import tr


def show_closed(closed: Closed, door: Door) -> None:
    """Say that the page is closed, and how it is opened."""
    sentence = {
        "no_login": tr(
            "This page is for {people}. It is closed, since login has not been set up; "
            "the README of the program tells how.",
            people=_people(door),
        ),
        "logged_out": tr("This page is for {people}. Log in to open it.", people=_people(door)),
        "no_role": tr(
            "Your address has no role that opens this page. "
            "Whoever keeps the settings of the municipality can give one."
        ),
        "unreadable": tr("What is behind this page can't be shown now. Tell the person who keeps the service."),
    }[closed.problem]
    st.html(components.notice(f"{sentence} {closed.detail}".strip(), "info"))
    if closed.problem == "logged_out":
        st.button(tr("Log in"), on_click=st.login, type="primary")
    if closed.problem == "no_role":
        st.button(tr("Log out"), on_click=st.logout)


def _people(door: Door) -> str:
    return {
        "links": tr("officials of the municipality"),
        "deliveries": tr("officials of the municipality"),
        "proposals": tr("the welfare group"),
        "analyst": tr("analysts"),
    }[door]
