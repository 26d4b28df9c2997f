"""Linking: which association each source row means.

Here belongs: normalising names and the steps that link a mention, the surest first. Not here: reading sources,
comparing names (`pipelines.likeness`), keeping what people decide (`pipelines.decisions`).
A later step sees only what the earlier ones left open. What no step links waits for a person when some association is
like it ("review"), else it stays as it is, an "unregistered group" ("unlinked").
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from pipelines import contracts, likeness
from pipelines.decisions import NO_DECISIONS

MENTION_KEY = ("source", "file_sha256", "sheet", "line", "part")
"""What a mention is known by; `part` counts from 0 the organisations that one cell names."""

BY_RULE = "rule"
"""Who decided a link that no person has."""

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


def link(
    mentions: pl.DataFrame,
    associations: pl.DataFrame,
    names: pl.DataFrame,
    home: str,
    decisions: pl.DataFrame = NO_DECISIONS,
) -> pl.DataFrame:
    """Link mentions to associations.

    Parameters
    ----------
    mentions
        `source`, `file_sha256`, `sheet`, `line`, `part`, `mention`, `business_id`; one row an organisation named.
    associations
        `register_number`, `business_id`, `is_local`, `status`.
    names
        As `association_names` gives them.
    home
        Name of the municipality.
    decisions
        As `decisions.read_decisions` gives them.

    Returns
    -------
    pl.DataFrame
        The mentions with `register_number` (null when unlinked), `method`, `score` (null when unlinked), `decided_by`.
    """
    linked = [by_decision(mentions, associations, decisions)]
    open_mentions = mentions.join(linked[0], on=list(MENTION_KEY), how="anti")
    for method, step in STEPS:
        found = step(open_mentions, associations, names)
        linked.append(found.with_columns(method=pl.lit(method), score=pl.lit(1.0), decided_by=pl.lit(BY_RULE)))
        open_mentions = open_mentions.join(found, on=list(MENTION_KEY), how="anti")
    linked.append(by_likeness(open_mentions, associations, names, home))
    columns = [*mentions.columns, "register_number", "method", "score", "decided_by"]
    return pl.concat([frame.select(columns) for frame in linked]).sort(MENTION_KEY)


def link_candidates(links: pl.DataFrame, associations: pl.DataFrame, names: pl.DataFrame, home: str) -> pl.DataFrame:
    """Return the associations that each mention left for a person may mean, the likeliest first.

    Parameters
    ----------
    links
        As `link` gives them; only rows of the method "review" have candidates.
    associations, names, home
        As for `link`.

    Returns
    -------
    pl.DataFrame
        The key of the mention, `rank` (1 is the likeliest), `register_number`, `score`.
    """
    waiting = links.filter(pl.col("method") == "review").select(*MENTION_KEY, "mention", "business_id")
    found = _alike(waiting, associations, names, home)
    return found.select(*MENTION_KEY, "rank", "register_number", "score").sort(*MENTION_KEY, "rank")


def by_decision(mentions: pl.DataFrame, associations: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Link as people have decided; a decision for an association that the register does not know is passed over."""
    by_name = (
        decisions.with_columns(mention_key=name_key(pl.col("mention_key")))
        .filter(pl.col("mention_key") != "")
        .unique(["mention_key", "business_id"], keep="last", maintain_order=True)
    )
    known = by_name.join(associations.select("register_number"), on="register_number", how="semi")
    none_meant = by_name.filter(pl.col("register_number").is_null())
    return (
        mentions.with_columns(mention_key=name_key(pl.col("mention")))
        .join(pl.concat([known, none_meant]), on=["mention_key", "business_id"], how="inner", nulls_equal=True)
        .with_columns(
            method=pl.lit("decision"),
            score=pl.when(pl.col("register_number").is_not_null()).then(1.0),
        )
    )


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


def by_likeness(mentions: pl.DataFrame, associations: pl.DataFrame, names: pl.DataFrame, home: str) -> pl.DataFrame:
    """Link what is clear by the likeness of names; tell what waits for a person from an unregistered group."""
    best = _alike(mentions, associations, names, home).filter(pl.col("rank") == 1)
    found = mentions.join(best, on=list(MENTION_KEY), how="left")
    is_clear = pl.col("is_clear").fill_null(value=False)
    waits = pl.col("score").fill_null(0.0) >= likeness.REVIEW_BAR
    return found.with_columns(
        register_number=pl.when(is_clear).then("register_number"),
        method=pl.when(is_clear)
        .then(pl.lit("likeness"))
        .when(waits)
        .then(pl.lit("review"))
        .otherwise(pl.lit("unlinked")),
        score=pl.when(is_clear).then("score"),
        decided_by=pl.lit(BY_RULE),
    )


def _alike(mentions: pl.DataFrame, associations: pl.DataFrame, names: pl.DataFrame, home: str) -> pl.DataFrame:
    """Return the candidates of each mention: its key, `rank`, `register_number`, `score`, `is_clear`.

    An association with another Y-tunnus than the mention's is another body and no candidate.
    """
    facts = associations.select("register_number", "is_local", "status", association_id=pl.col("business_id"))
    said = mentions["mention"].drop_nulls().unique(maintain_order=True).to_list()
    found = likeness.candidates(said, names.join(facts, on="register_number", how="inner"), home)
    return (
        mentions.join(found, on="mention", how="inner")
        .join(facts.select("register_number", "association_id"), on="register_number", how="inner")
        .filter(pl.col("business_id").eq(pl.col("association_id")).fill_null(value=True))
        .with_columns(rank=pl.col("rank").rank("ordinal").over(MENTION_KEY).cast(pl.Int64))
        .select(*MENTION_KEY, "rank", "register_number", "score", "is_clear")
    )


Step = Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], pl.DataFrame]
STEPS: tuple[tuple[str, Step], ...] = (
    ("business_id", by_business_id),
    ("register_number", by_register_number),
    ("exact_name", by_exact_name),
)
"""The exact steps in their order; decisions of people go before them, the likeness of names comes after."""
