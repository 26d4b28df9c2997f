"""Tietojen laatu: what was delivered, what the checks found, which edition this is."""

from dashboards import edition_choice, quality_tables
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run

edition = edition_of_run()
warn_of_unknown(frozenset())
quality_tables.show(edition)
edition_choice.show_editions(edition)
