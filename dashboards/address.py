"""What lives in a page's address, so that a link shows the same view: filters, language, edition.

Here belongs: reading a filter from the address and writing it back; carrying on what holds for all pages to the next
one. Not here: what is filtered, what a language or an edition is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import components
from dashboards.texts import PARAMETER as LANGUAGE
from dashboards.texts import tr

EDITION: Final = "edition"
"""Name of the edition in the address; without it the pages show the current one."""

CARRIED_ON: Final = (LANGUAGE, EDITION)
"""Parameters that hold for all pages: every link from one page to another has them."""


def carried_on() -> dict[str, str]:
    """Return the parameters of the address that the next page has too, for `st.page_link` and `page_address`."""
    return {name: st.query_params[name] for name in CARRIED_ON if name in st.query_params}


def page_address(page: str, **asked: str) -> str:
    """Return the address of a page, relative to any page, with what holds for all pages and what is asked of it."""
    query = urlencode({**carried_on(), **asked})
    return f"{page or './'}?{query}" if query else page or "./"


def same_page(**asked: str | None) -> str:
    """Return the address of the page that is shown, with its filters; None takes a parameter out."""
    parameters = {**st.query_params.to_dict(), **asked}
    return "?" + urlencode({name: value for name, value in parameters.items() if value is not None})


def carry_on() -> None:
    """Have Streamlit's navigation carry on what holds for all pages.

    It takes every parameter out of the address of the next page but those bound to a widget of the app's own file, so
    there is one for each that the address has. The style hides them from everyone: the language and the edition have
    links for people.
    """
    names = carried_on()
    if not names:
        return
    with st.container(key="carried-on"):
        for name in names:
            st.text_input(name, key=name, bind="query-params")


def choose(label: str, name: str, options: Mapping[str, str], default: str, notices: DeltaGenerator) -> str:
    """Show a choice, keep it in the address and return its key.

    A value of the address that is not an option gives a notice and the default.

    Parameters
    ----------
    label
        What is chosen.
    name
        Name of the parameter in the address.
    options
        Keys (as in the address) and their labels.
    default
        The key that is chosen when the address says nothing; it is left out of the address.
    notices
        Where the notice goes.
    """
    asked = st.query_params.get(name, default)
    if asked not in options:
        notices.html(
            components.notice(
                tr(
                    "The address asks for {label} “{asked}”, which is not there. Showing {default} instead.",
                    label=label.lower(),
                    asked=asked[:40],
                    default=options[default],
                ),
                "problem",
            )
        )
        asked = default
    key = f"choose-{name}"
    st.session_state[key] = asked  # the address leads: back and forward change it
    return st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        filter_mode=None,
        on_change=_write,
        args=(name, key, default),
    )


def _write(name: str, key: str, default: str) -> None:
    """Write what was chosen to the address, before the page runs again."""
    chosen = st.session_state[key]
    if chosen != default:
        st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]


def warn_of_unknown(known: frozenset[str]) -> None:
    """Show a notice when the address holds parameters that the page does not know."""
    unknown = sorted(set(st.query_params) - known - set(CARRIED_ON))
    if unknown:
        st.html(
            components.notice(
                tr("The address holds something that this page does not know: {names}.", names=", ".join(unknown)[:80]),
                "problem",
            )
        )
