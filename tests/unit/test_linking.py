"""Linking step by step, against the invented names of `tests/cases/names_exact.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from name_cases import HOME

from pipelines import likeness, linking

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "names_exact.yaml").read_text(encoding="utf-8"))
ASSOCIATIONS = {"register_number": pl.String, "business_id": pl.String, "is_local": pl.Boolean, "status": pl.String}
MENTIONS = {
    "source": pl.String,
    "file_sha256": pl.String,
    "sheet": pl.String,
    "line": pl.Int64,
    "part": pl.Int64,
    "mention": pl.String,
    "business_id": pl.String,
}


def keys(names: list[str]) -> list[str]:
    return pl.DataFrame({"name": names}).select(linking.name_key(pl.col("name"))).to_series().to_list()


def register() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The associations of the cases and their names."""
    rows = CASES["register"]
    associations = pl.DataFrame(
        [(number, business_id, local, status) for number, business_id, _, _, local, status in rows],
        schema=ASSOCIATIONS,
        orient="row",
    )
    schema = {"register_number": pl.String, "name": pl.String}
    current = pl.DataFrame([(number, name) for number, _, name, *_ in rows], schema=schema, orient="row")
    previous = pl.DataFrame(
        [(number, name) for number, _, _, names, *_ in rows for name in names], schema=schema, orient="row"
    )
    return associations, linking.association_names(current, previous)


def mentioned(pairs: list[tuple[str, str | None]]) -> pl.DataFrame:
    rows = [("grant_ledger", "f", "", line, 0, name, business_id) for line, (name, business_id) in enumerate(pairs, 1)]
    return pl.DataFrame(rows, schema=MENTIONS, orient="row")


@pytest.fixture(scope="module")
def linked() -> list[dict[str, Any]]:
    """Every mention of the cases, linked in one go, in their order."""
    mentions = mentioned([(name, business_id) for name, business_id, *_ in CASES["mentions"]])
    return linking.link(mentions, *register(), HOME).sort("line").to_dicts()


@pytest.mark.parametrize("spellings", CASES["same"], ids=lambda group: group[0])
def test_spellings_of_one_name_have_one_key(spellings: list[str]) -> None:
    assert dict(zip(spellings, keys(spellings), strict=True)) == dict.fromkeys(spellings, keys(spellings)[0])
    assert keys(spellings)[0]


@pytest.mark.parametrize(("one", "other"), CASES["different"], ids=lambda name: name)
def test_other_names_keep_other_keys(one: str, other: str) -> None:
    assert len(set(keys([one, other]))) == 2


@given(st.text(st.sampled_from("abcåäöryfs019 .,-–'&()\u00a0"), max_size=30))
def test_a_key_is_tidy_and_does_not_hear_case_or_white_space(name: str) -> None:
    (key,) = keys([name])
    assert key == " ".join(key.split())
    assert keys([name.upper(), f"\u00a0{name} "]) == [key, key]


@pytest.mark.parametrize(
    ("position", "number", "method"),
    [pytest.param(place, case[2], case[3], id=case[4]) for place, case in enumerate(CASES["mentions"])],
)
def test_a_mention_means(linked: list[dict[str, Any]], position: int, number: str | None, method: str) -> None:
    row = linked[position]
    assert (row["register_number"], row["method"]) == (number, method)
    if method == "likeness":
        assert likeness.HIGH_BAR <= row["score"] < 1
    else:
        assert row["score"] == (None if number is None else 1.0)
    assert row["decided_by"] == "rule"


def test_every_mention_comes_out_exactly_once(linked: list[dict[str, Any]]) -> None:
    given_rows = [(line, *case[:2]) for line, case in enumerate(CASES["mentions"], 1)]
    assert [(row["line"], row["mention"], row["business_id"]) for row in linked] == given_rows


def test_two_organisations_of_one_cell_are_linked_each_by_itself() -> None:
    both = mentioned([("Kuviteltu Latu ry", None), ("Keksityn Kylän Martat ry", None)])
    one_cell = both.with_columns(line=pl.lit(7, pl.Int64), part=pl.Series([0, 1]))
    found = linking.link(one_cell, *register(), HOME)
    assert found.select("line", "part", "register_number").rows() == [(7, 0, "100001"), (7, 1, "100002")]


def test_an_empty_register_links_nothing_and_loses_nothing() -> None:
    associations, names = register()
    found = linking.link(mentioned([("Kuviteltu Latu ry", "9123457-3")]), associations.clear(), names.clear(), HOME)
    assert found.select("method", "register_number").rows() == [("unlinked", None)]


def test_no_mentions_give_no_links() -> None:
    found = linking.link(mentioned([]), *register(), HOME)
    assert found.is_empty()
    assert found.columns == [*MENTIONS, "register_number", "method", "score", "decided_by"]


def test_the_names_of_an_association_are_each_there_once_and_the_current_one_counts_as_current() -> None:
    schema = {"register_number": pl.String, "name": pl.String}
    current = pl.DataFrame([("1", "Satu ry"), ("2", None)], schema=schema, orient="row")
    previous = pl.DataFrame([("1", "SATU r.y."), ("1", "Tarina ry"), ("1", None)], schema=schema, orient="row")
    names = linking.association_names(current, previous)
    assert names.rows() == [("1", "Satu ry", "satu", "current"), ("1", "Tarina ry", "tarina", "previous")]
