"""Filters that live in the page's address, so that a link shows the same view.

Here belongs: reading a filter from the address and writing it back. Not here: what is filtered.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import components
from dashboards.texts import tr


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
    keys = list(options)
    chosen = st.selectbox(
        label,
        keys,
        index=keys.index(asked),
        format_func=options.__getitem__,
        key=f"choose-{name}",
        filter_mode=None,
    )
    if chosen != default:
        st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]
    return chosen


def warn_of_unknown(known: frozenset[str]) -> None:
    """Show a notice when the address holds parameters that the page does not know."""
    unknown = sorted(set(st.query_params) - known)
    if unknown:
        st.html(
            components.notice(
                tr("The address holds something that this page does not know: {names}.", names=", ".join(unknown)[:80]),
                "problem",
            )
        )
