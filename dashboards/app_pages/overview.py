"""Yleiskuva: the eight measures of the handbook at a glance."""

from dashboards import tiles
from dashboards.address import warn_of_unknown
from dashboards.data import edition_of_run

edition = edition_of_run()
warn_of_unknown(frozenset())
tiles.show(edition)
