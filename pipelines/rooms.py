"""The work of each room after `staging`, as plain functions over the build database.

Here belongs: what is built and written for one table. Not here: `raw` and `staging` (`pipelines.receiving`), Dagster
(`pipelines.assets` wraps these functions), the order of the work (`pipelines.refresh`), DuckDB's settings
(`warehouse.database`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import polars as pl

from pipelines import (
    catalogue,
    contracts,
    disclosure,
    editions,
    estimation,
    linking,
    resident_estimation,
    retention,
    revisions,
    staging,
)
from pipelines import proposals as proposing
from pipelines.build import Build
from pipelines.decisions import read_decisions
from pipelines.event_tellings import event_tellings as tellings_of_events
from pipelines.reconciliation import read_explanations, rows_of
from pipelines.term_comparison import panels
from warehouse import database
from warehouse.models import models

MENTIONS = {
    "association_returns": "association_name",
    "city_work": "association_name",
    "directory_listings": "association_name",
    "events": "organisers",
    "grant_ledger": "recipient_name",
    "meetings": "associations",
    "premises_bookings": "booker_name",
    "umbrella_members": "member_name",
}
"""The column of each source that names an organisation."""


FIGURES = "marts.figures"
"""What was counted and told, before anything is estimated."""


def meta(build: Build, table: str) -> int:
    """Write a table of `meta` that depends on the contracts and the settings."""
    return _write_rows(build, f"meta.{table}", catalogue.TABLES[table](build.workspace.settings))


def meta_edition(build: Build) -> int:
    """Write `meta.edition`, after everything has landed.

    Raises
    ------
    editions.EmptyEditionError
        No file has landed.
    """
    key = editions.key_of(build.workspace)
    return _write_rows(build, "meta.edition", catalogue.edition(build.workspace.settings, key.id, key.data_until))


def association_names(build: Build) -> int:
    """Write `core.association_names`."""
    current = database.read_frame(build.connection, "core.associations").select("register_number", "name")
    register = database.read_frame(build.connection, "staging.prh_register")
    previous = register.select("register_number", name="previous_names").explode("name")
    superseded = register.select("register_number", "name")
    names = linking.association_names(current, pl.concat([previous, superseded]))
    return _write_frame(build, "core.association_names", names)


def organisation_links(build: Build) -> int:
    """Write `core.organisation_links`: every organisation that a source row names, linked or not."""
    mentions = pl.concat(_mentions(build, source, column) for source, column in MENTIONS.items())
    associations = database.read_frame(build.connection, "core.associations")
    names = database.read_frame(build.connection, "core.association_names")
    decided = read_decisions(build.workspace)
    home = build.workspace.settings.municipality.name
    return _write_frame(build, "core.organisation_links", linking.link(mentions, associations, names, home, decided))


def link_candidates(build: Build) -> int:
    """Write `core.link_candidates`: what the mentions that wait for a person may mean."""
    tables = ("organisation_links", "associations", "association_names")
    links, associations, names = (database.read_frame(build.connection, f"core.{table}") for table in tables)
    home = build.workspace.settings.municipality.name
    return _write_frame(build, "core.link_candidates", linking.link_candidates(links, associations, names, home))


def grant_explanations(build: Build) -> int:
    """Write `core.grant_explanations`: why the ledger and the books differ, as people wrote it."""
    explained = read_explanations(build.workspace)
    return _write_frame(build, "core.grant_explanations", rows_of(explained))


def proposals(build: Build) -> int:
    """Write `core.proposals`, and the store of the workspace that the welfare group reads."""
    raws = {source: database.read_frame(build.connection, f"raw.{source}") for source in proposing.ASKED}
    names = database.read_frame(build.connection, "core.association_names")["name"].drop_nulls().to_list()
    told = proposing.proposals(raws, names, build.workspace.settings)
    rows = _write_frame(build, "core.proposals", told)
    proposing.write_store(build.workspace, told)
    return rows


def event_tellings(build: Build) -> int:
    """Write `core.event_tellings`: which event each row that tells of one means."""
    links = database.read_frame(build.connection, "core.organisation_links").filter(pl.col("source") == "events")
    listed, work = (database.read_frame(build.connection, table) for table in ("staging.events", "core.city_work"))
    return _write_frame(build, "core.event_tellings", tellings_of_events(listed, links, work))


def _mentions(build: Build, source: str, column: str) -> pl.DataFrame:
    """Return the organisations that a source names, one row each; a cell that names several is parted."""
    rows = database.read_frame(build.connection, f"staging.{source}")
    named = rows.select(
        pl.lit(source).alias("source"),
        *staging.PLACE,
        (pl.col(column) if rows.schema[column] == pl.List(pl.String) else pl.concat_list(column)).alias("mention"),
        pl.col("business_id") if "business_id" in rows.columns else pl.lit(None, pl.String).alias("business_id"),
    )
    parted = named.with_columns(part=pl.int_ranges(pl.col("mention").list.len(), dtype=pl.Int64))
    mentions = parted.explode("mention", "part").filter(pl.col("part").is_not_null())
    return mentions.select(*linking.MENTION_KEY, "mention", "business_id")


def return_estimates(build: Build) -> int:
    """Write `marts.return_estimates`."""
    field = database.read_frame(build.connection, "marts.return_field")
    return _write_frame(build, "marts.return_estimates", estimation.estimates(field, hidden_groups(build)))


def return_changes(build: Build) -> int:
    """Write `marts.return_changes`."""
    field = database.read_frame(build.connection, "marts.return_field")
    return _write_frame(build, "marts.return_changes", estimation.changes(field, hidden_groups(build)))


def resident_estimates(build: Build) -> int:
    """Write `marts.resident_estimates`."""
    return _write_frame(build, "marts.resident_estimates", resident_estimation.estimates(*_survey(build)))


def resident_changes(build: Build) -> int:
    """Write `marts.resident_changes`."""
    return _write_frame(build, "marts.resident_changes", resident_estimation.changes(*_survey(build)))


def _survey(build: Build) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the answers of residents, and the residents that they speak for."""
    field, population = (
        database.read_frame(build.connection, f"marts.{table}") for table in ("resident_field", "survey_population")
    )
    return field, population


def model(build: Build, table: str) -> int:
    """Build a table by its SQL model.

    Raises
    ------
    database.TableError
        The rows don't keep the contract of the table.
    """
    shape = editions.shape_of(contracts.tables()[table])
    rows = database.build_from_sql(build.connection, shape, models()[table].sql)
    finish = _FINISHED.get(table)
    return rows if finish is None else finish(build)


def changed_figures(build: Build) -> int:
    """Write `meta.revisions`: the figures that the edition before shows otherwise."""
    before = editions.before(build.workspace)
    now = editions.inputs_of(build.workspace)
    then = before.inputs if before is not None else None
    causes = {card.id: revisions.cause(then, now, card.id, card.sources) for card in contracts.indicators().values()}
    values = editions.public_values(build.connection)
    return _write_frame(build, "meta.revisions", revisions.revisions(values, before, causes))


def term_panels(build: Build) -> int:
    """Write `marts.term_panels`: for the ends of every council term that rest on returns."""
    field = database.read_frame(build.connection, "marts.return_field")
    ends = database.read_frame(build.connection, "marts.term_ends").filter(pl.col("basis") == "returns")
    years = ends.select(pl.col("baseline_period", "latest_period").cast(pl.Int64)).drop_nulls()
    return _write_frame(build, "marts.term_panels", panels(field, years.iter_rows(), hidden_groups(build)))


def edition_id(build: Build) -> str:
    """Return the id of the edition that the tables are built for."""
    return str(database.read_frame(build.connection, "meta.edition")["edition_id"].item())


def publish(build: Build) -> editions.Published:
    """Freeze the marts as an edition, under the id that they were built with, make it the current one, and tidy up.

    Raises
    ------
    editions.EmptyEditionError
        There is nothing to publish.
    """
    with database.discarding_if_damaged(build.workspace.build_file):
        published = editions.publish(build.connection, build.workspace, edition_id(build))
    retention.remove_expired(build.workspace, datetime.now(UTC))
    return published


def _hide(build: Build) -> int:
    """Say which of the counted figures are hidden."""
    k = build.workspace.settings.figures.disclosure_k
    hidden = disclosure.hide_small_groups(
        database.read_frame(build.connection, FIGURES),
        disclosure.rules(contracts.indicators().values(), k),
        editions.hidden_before(build.workspace),
        disclosure.known_active(
            database.read_frame(build.connection, "marts.association_years"),
            database.read_frame(build.connection, "marts.grant_awards"),
        ),
    )
    return _write_frame(build, FIGURES, hidden)


def hidden_groups(build: Build) -> estimation.Pooled:
    """Return the hidden purpose groups of each indicator and year."""
    hidden = database.read_frame(build.connection, FIGURES).filter("is_hidden", pl.col("breakdown") == "purpose_group")
    found: dict[tuple[str, int], frozenset[str]] = {}
    for indicator, year, group in hidden.select("indicator_id", "year", "breakdown_value").iter_rows():
        found[indicator, year] = found.get((indicator, year), frozenset()) | {group}
    return found


def _mark_revised(build: Build) -> int:
    """Mark what the edition before had otherwise."""
    values = database.read_frame(build.connection, editions.MASKED_TABLE)
    public = revisions.marked(editions.public_values(build.connection), editions.before(build.workspace))
    marked = values.update(public.select(*disclosure.KEY, "status"), on=disclosure.KEY)
    return _write_frame(build, editions.MASKED_TABLE, marked)


_FINISHED: Mapping[str, Callable[[Build], int]] = {FIGURES: _hide, editions.MASKED_TABLE: _mark_revised}
"""What is done to the rows of a model after its SQL."""


def _write_rows(build: Build, table: str, rows: catalogue.Rows) -> int:
    contract = contracts.tables()[table]
    names = [column.name for column in contract.columns]
    frame = (
        pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    )
    return _write_frame(build, table, frame)


def _write_frame(build: Build, table: str, frame: pl.DataFrame) -> int:
    return database.build_from_frame(build.connection, editions.shape_of(contracts.tables()[table]), frame)
