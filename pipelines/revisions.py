"""Revisions: which figures differ from those of the edition before, and why.

Here belongs: comparing two editions, and telling the cause from what they were made of. Not here: reading editions
(`pipelines.editions`).

A figure is compared where both editions show it, so that a revision tells nothing of a hidden one. The cause follows
from facts, the first that fits:

- method: another program, other settings, or another card of the indicator;
- correction: of the sources of the indicator, a delivered file was replaced or withdrawn, or people decided otherwise
  (corrections, links, question maps);
- new data: anything else; then files or pages came that were not there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.disclosure import KEY

METHOD, CORRECTION, NEW_DATA = "revision.method", "revision.correction", "revision.new_data"
"""Causes, by the keys of their sentences."""

SAME_WITHIN = 1e-9
"""Relative difference below which two figures are the same: sums of decimals on two machines."""

NUMBERS = {
    "value": pl.Float64,
    "reported": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "n": pl.Int64,
    "population": pl.Int64,
}
"""What is told of a figure: itself, the plain sum or mean, its interval, and how many of how many stand behind it."""

SCHEMA = {
    **dict.fromkeys(KEY, pl.String),
    "previous_edition_id": pl.String,
    "previous_status": pl.String,
    **{column: kind for name, kind in NUMBERS.items() for column in (f"previous_{name}", name)},
    "cause": pl.String,
}
"""One row a figure of which any number is revised; empty where an edition has none."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an edition was made of, as digests.

    Parameters
    ----------
    program
        Of the program and the contracts but for the cards, and of the settings.
    cards
        Of each card, by indicator.
    decided
        Of the corrections of each source; what is decided for all sources stands under an empty name.
    delivered
        For each source the content of each file by its name.
    fetched
        For each source the contents of its pages from an interface.
    """

    program: str
    cards: Mapping[str, str]
    decided: Mapping[str, str]
    delivered: Mapping[str, Mapping[str, str]]
    fetched: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Before:
    """The edition before: its id, its public values, and what it was made of, as far as it says."""

    edition_id: str
    values: pl.DataFrame
    inputs: Inputs | None


def cause(before: Inputs | None, now: Inputs, indicator: str, sources: Sequence[str]) -> str:
    """Return why a figure of an indicator changed.

    An edition that does not say what it was made of had another program. Where nothing of the indicator's own sources
    changed, it is the other sources that did it, as by a new link.
    """
    if before is None or before.program != now.program or before.cards.get(indicator) != now.cards.get(indicator):
        return METHOD
    own = [source for source in sources if _changed(before, now, source)]
    changed = own or sorted(now.delivered.keys() | before.delivered.keys())
    if any(_corrected(before, now, source) for source in [*changed, ""]):
        return CORRECTION
    return NEW_DATA


def marked(values: pl.DataFrame, before: Before | None) -> pl.DataFrame:
    """Set the status `revised` on final figures that an edition before had otherwise; once revised, always revised."""
    if before is None:
        return values
    old = before.values.select(*KEY, *(_old(name) for name in (*NUMBERS, "status", "is_hidden")))
    both = values.join(old, on=KEY, how="left", maintain_order="left")
    is_shown = ~pl.col("is_hidden") & ~pl.col("old_is_hidden").fill_null(value=True)
    was_final = pl.col("old_status").is_in(["final", "revised"]) & (pl.col("status") == "final")
    is_revised = is_shown & was_final & (_differs() | (pl.col("old_status") == "revised"))
    status = pl.when(is_revised.fill_null(value=False)).then(pl.lit("revised")).otherwise("status")
    return both.with_columns(status=status).select(values.columns)


def revisions(values: pl.DataFrame, before: Before | None, causes: Mapping[str, str]) -> pl.DataFrame:
    """Return the figures that both editions show and that differ in any number, and those that are no longer there.

    Parameters
    ----------
    values
        `marts.indicator_values` of the new edition, `is_hidden` set.
    before
        The edition before, None when this is the first.
    causes
        Indicator to `cause`; an indicator that no longer is has changed by method.

    Returns
    -------
    pl.DataFrame
        Columns as `SCHEMA`.
    """
    if before is None:
        return pl.DataFrame(schema=SCHEMA)
    shown = before.values.filter(~pl.col("is_hidden"))
    old = shown.select(*KEY, *(_old(name) for name in (*NUMBERS, "status")))
    both = old.join(values.select(*KEY, *NUMBERS, "is_hidden"), on=KEY, how="left", maintain_order="left")
    told = both.filter(~pl.col("is_hidden").fill_null(value=False) & _differs())
    return told.select(
        *KEY,
        previous_edition_id=pl.lit(before.edition_id),
        previous_status="old_status",
        **{column: of for name in NUMBERS for column, of in ((f"previous_{name}", f"old_{name}"), (name, name))},
        cause=pl.col("indicator_id").replace_strict(dict(causes), default=METHOD, return_dtype=pl.String),
    ).cast(SCHEMA)  # type: ignore[arg-type]  # Polars knows the types of its own schemas only


def _old(name: str) -> pl.Expr:
    return pl.col(name).alias(f"old_{name}")


def _differs() -> pl.Expr:
    def one(name: str) -> pl.Expr:
        old, new = pl.col(f"old_{name}"), pl.col(name)
        moved = (new - old).abs() > SAME_WITHIN * pl.max_horizontal(old.abs(), new.abs())
        return moved.fill_null(value=False) | (old.is_null() != new.is_null())

    return pl.any_horizontal(map(one, NUMBERS))


def _changed(before: Inputs, now: Inputs, source: str) -> bool:
    return any(
        one.get(source) != other.get(source)
        for one, other in (
            (before.delivered, now.delivered),
            (before.fetched, now.fetched),
            (before.decided, now.decided),
        )
    )


def _corrected(before: Inputs, now: Inputs, source: str) -> bool:
    held = now.delivered.get(source, {})
    replaced = any(held.get(name) != content for name, content in before.delivered.get(source, {}).items())
    return replaced or before.decided.get(source) != now.decided.get(source)
