"""Linking: which association each source row means.

Here belongs: normalising names and the steps that link a mention, the surest first. Not here: reading sources.
A later step sees only what the earlier ones left open; what no step links stays as it is, an "unregistered group".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from pipelines import contracts

MENTION_KEY = ("source", "file_sha256", "sheet", "line", "part")
"""What a mention is known by; `part` counts from 0 the organisations that one cell names."""

_PUNCTUATION = r"[\p{P}\p{S}\s]+"


@cache
def _endings() -> str:
    spellings = sorted(contracts.code_lists()["name_endings"].spellings(), key=len, reverse=True)
    return "|".join(spellings)


def name_key(name: pl.Expr) -> pl.Expr:
    """Normalise a name for comparing: lower case, no punctuation, no ending such as ry, r.y. or rf.

    `Esimerkin Latu r.y.` and `ESIMERKIN  LATU RY` both become `esimerkin latu`.
    """
    lower = name.str.to_lowercase()
    joined = lower.str.replace_all(r"\b([rs])\.?\s?([yfr])\b\.?", "${1}${2}")
    words = joined.str.replace_all(_PUNCTUATION, " ").str.strip_chars()
    bare = words.str.replace_all(rf"(^({_endings()})\s+|\s+({_endings()})\b)", "").str.strip_chars()
    return pl.when(bare != "").then(bare).otherwise(words)


def association_names(associations: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Return every name of every association with its key.

    Parameters
    ----------
    associations
        `register_number`, `name`.
    previous
        `register_number`, `name` of earlier and auxiliary names.

    Returns
    -------
    pl.DataFrame
        `register_number`, `name`, `name_key`, `kind` (current, previous); one row a key of an association.
    """
    named = pl.concat(
        [
            associations.select("register_number", "name", kind=pl.lit("current")),
            previous.select("register_number", "name", kind=pl.lit("previous")),
        ]
    )
    return (
        named.filter(pl.col("name").is_not_null())
        .with_columns(name_key=name_key(pl.col("name")))
        .sort("register_number", "kind", "name")
        .unique(["register_number", "name_key"], keep="first", maintain_order=True)
        .select("register_number", "name", "name_key", "kind")
    )


def link(mentions: pl.DataFrame, associations: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Link mentions to associations.

    Parameters
    ----------
    mentions
        `source`, `file_sha256`, `sheet`, `line`, `part`, `mention`, `business_id`; one row an organisation named.
    associations
        `register_number`, `business_id`, `is_local`, `status`.
    names
        As `association_names` gives them.

    Returns
    -------
    pl.DataFrame
        The mentions with `register_number` (null when unlinked), `method`, `score` (null when unlinked), `decided_by`.
    """
    open_mentions = mentions
    linked: list[pl.DataFrame] = []
    for method, step in STEPS:
        found = step(open_mentions, associations, names)
        linked.append(found.with_columns(method=pl.lit(method), score=pl.lit(1.0)))
        open_mentions = open_mentions.join(found, on=list(MENTION_KEY), how="anti")
    unlinked = open_mentions.with_columns(
        register_number=pl.lit(None, pl.String), method=pl.lit("unlinked"), score=pl.lit(None, pl.Float64)
    )
    columns = [*mentions.columns, "register_number", "method", "score"]
    everything = pl.concat([frame.select(columns) for frame in (*linked, unlinked)])
    return everything.with_columns(decided_by=pl.lit("rule")).sort(MENTION_KEY)


def by_business_id(mentions: pl.DataFrame, associations: pl.DataFrame, _names: pl.DataFrame) -> pl.DataFrame:
    """Link by a Y-tunnus that exactly one association of the register bears."""
    owners = associations.filter(pl.col("business_id").is_not_null()).unique("business_id", keep="none")
    return mentions.join(owners.select("business_id", "register_number"), on="business_id", how="inner")


def by_register_number(mentions: pl.DataFrame, associations: pl.DataFrame, _names: pl.DataFrame) -> pl.DataFrame:
    """Link by a register number written in the name, such as `Esimerkin Latu ry (195.883)`."""
    number = pl.col("mention").str.extract(r"\b(\d{1,3}\.\d{3})\b").str.replace(".", "", literal=True)
    numbered = mentions.with_columns(register_number=number).filter(pl.col("register_number").is_not_null())
    return numbered.join(associations.select("register_number"), on="register_number", how="semi")


def by_exact_name(mentions: pl.DataFrame, associations: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Link by the normalised name, when it means one association.

    Of several that share a name the ones in the register go before ended ones, local ones before others, a current name
    before a previous one; a tie stays open. A mention with another Y-tunnus than the association's is another body.
    """
    is_known = associations.select(
        "register_number",
        association_id=pl.col("business_id"),
        rank=pl.when(pl.col("status") == "ended").then(4).otherwise(0) + pl.when("is_local").then(0).otherwise(2),
    )
    candidates = (
        mentions.with_columns(name_key=name_key(pl.col("mention")))
        .join(names.select("name_key", "register_number", "kind"), on="name_key", how="inner")
        .join(is_known, on="register_number", how="inner")
        .filter(pl.col("business_id").eq(pl.col("association_id")).fill_null(value=True))
        .with_columns(rank=pl.col("rank") + (pl.col("kind") == "previous").cast(pl.Int32))
    )
    best = candidates.filter(pl.col("rank") == pl.col("rank").min().over(MENTION_KEY))
    return best.filter(pl.len().over(MENTION_KEY) == 1)


Step = Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], pl.DataFrame]
STEPS: tuple[tuple[str, Step], ...] = (
    ("business_id", by_business_id),
    ("register_number", by_register_number),
    ("exact_name", by_exact_name),
)
"""The steps in their order; the step by likeness of names has its place at the end."""
