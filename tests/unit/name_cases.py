"""The labelled mentions of the case files, laid out for linking, and what came of linking them.

`names.yaml` is for development: rules may be tuned on it and its cases looked at. `names_test.yaml` is for measuring alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines import linking

FOLDER = Path(__file__).parent.parent / "cases"
DEVELOPMENT, TEST = "names.yaml", "names_test.yaml"
HEAVY = "heavy_"
HOME = "Esimerkkilä"


@dataclass(frozen=True, slots=True)
class Cases:
    """A register and mentions: `mention`, `kind`, `expected` (register number or null)."""

    associations: pl.DataFrame
    names: pl.DataFrame
    mentions: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Score:
    """What came of a set of mentions without a person; a mention of no association has no place in recall."""

    mentions: int
    linked: int
    wrong: int
    in_review: int
    precision: float
    recall: float
    top_three: float


def read_cases(file: str) -> Cases:
    """Read a case file. The national names of the file for development belong to the register of both."""
    content = _read(file)
    national = dict.fromkeys([*_read(DEVELOPMENT)["national"], *content["national"], *content.get("elsewhere", [])])
    rows: list[tuple[str, list[str], bool]] = [(name, [], False) for name in national]
    rows += [(name, previous, True) for name, *previous in content["local"]]
    register = pl.DataFrame(
        [(f"{number:06}", *row) for number, row in enumerate(rows, start=1)],
        schema={
            "register_number": pl.String,
            "name": pl.String,
            "previous": pl.List(pl.String),
            "is_local": pl.Boolean,
        },
        orient="row",
    )
    numbers = dict(register.select("name", "register_number").iter_rows())
    mentions = pl.DataFrame(
        [
            (mention, kind, None if expected is None else numbers[expected])
            for kind, cases in content["mentions"].items()
            for mention, expected in cases
        ],
        schema={"mention": pl.String, "kind": pl.String, "expected": pl.String},
        orient="row",
    )
    previous = register.select("register_number", name="previous").explode("name").drop_nulls()
    associations = register.select(
        "register_number", "name", "is_local", business_id=pl.lit(None, pl.String), status=pl.lit("registered")
    )
    return Cases(associations, linking.association_names(register, previous), mentions)


def _read(file: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load((FOLDER / file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


def as_rows(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions as the rows of one source file."""
    return mentions.select(
        "mention",
        source=pl.lit("grant_ledger"),
        file_sha256=pl.lit("0" * 64),
        sheet=pl.lit(""),
        line=pl.int_range(1, pl.len() + 1),
        part=pl.lit(0, pl.Int64),
        business_id=pl.lit(None, pl.String),
    )


def outcomes(cases: Cases) -> pl.DataFrame:
    """Link every mention of the cases: their columns, `register_number`, `method` and `shown`, the three best."""
    links = linking.link(as_rows(cases.mentions), cases.associations, cases.names, HOME)
    shown = (
        linking.link_candidates(links, cases.associations, cases.names, HOME)
        .group_by("line")
        .agg(shown="register_number")
    )
    found = links.join(shown, on="line", how="left").select("mention", "register_number", "method", "shown")
    return cases.mentions.join(found, on="mention", how="left")


def measure(found: pl.DataFrame) -> Score:
    """Sum up rows of `outcomes`. An association is among the best three when it is linked or shown to the person."""
    meant = found.filter(pl.col("expected").is_not_null())
    linked = found.filter(pl.col("register_number").is_not_null())
    right = linked.filter(pl.col("register_number").eq_missing(pl.col("expected")))
    is_shown = pl.col("shown").list.contains(pl.col("expected")).fill_null(value=False)
    among_three = meant.filter(is_shown | (pl.col("register_number") == pl.col("expected")))
    return Score(
        mentions=found.height,
        linked=linked.height,
        wrong=linked.height - right.height,
        in_review=found.filter(pl.col("method") == "review").height,
        precision=right.height / linked.height if linked.height else 1.0,
        recall=right.height / meant.height if meant.height else 1.0,
        top_three=among_three.height / meant.height if meant.height else 1.0,
    )
