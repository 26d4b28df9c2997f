"""What a new edition changes is told with its cause, and never tells of a hidden figure."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from pipelines import contracts, revisions
from pipelines.disclosure import KEY
from pipelines.revisions import CORRECTION, METHOD, NEW_DATA, Before, Inputs

THEN = Inputs(
    program="p",
    cards={"memberships": "c"},
    decided={"": "d"},
    delivered={"association_returns": {"2023.csv": "a"}, "prh_register": {"register.csv": "r"}},
    fetched={"association_returns": [], "prh_register": ["page"]},
)


def values(*rows: tuple[str, float | None, float | None, str, bool]) -> pl.DataFrame:
    """Period, value, reported, status and whether it is hidden, of the memberships of the whole."""
    return pl.DataFrame(
        [("memberships", "year", period, "total", "total", *rest) for period, *rest in rows],
        schema={
            **dict.fromkeys(KEY, pl.String),
            "value": pl.Float64,
            "reported": pl.Float64,
            "status": pl.String,
            "is_hidden": pl.Boolean,
        },
        orient="row",
    ).with_columns(
        lower=pl.col("value") - 10, upper=pl.col("value") + 10, n=pl.lit(40, pl.Int64), population=pl.lit(60, pl.Int64)
    )


OLD = values(
    ("2020", 100.0, 90.0, "final", False),
    ("2021", 100.0, 90.0, "final", False),
    ("2022", 100.0, 90.0, "revised", False),
    ("2023", None, None, "final", True),
    ("2024", 100.0, 90.0, "final", False),
    ("2025", 100.0, 90.0, "preliminary", False),
    ("2019", 100.0, 90.0, "final", False),
)
NEW = values(
    ("2020", 100.0 + 1e-12, 90.0, "final", False),
    ("2021", 100.0, 91.0, "final", False),
    ("2022", 100.0, 90.0, "final", False),
    ("2023", 50.0, 40.0, "final", False),
    ("2024", 110.0, 90.0, "final", True),
    ("2025", 120.0, 90.0, "final", False),
    ("2026", 130.0, 90.0, "preliminary", False),
)
BEFORE = Before("20240101-a", OLD, THEN)


def test_what_differs_is_listed_with_the_old_and_the_new_figure() -> None:
    found = revisions.revisions(NEW, BEFORE, {"memberships": NEW_DATA})
    told = found.select("period", "previous_status", "previous_value", "value", "previous_reported", "reported").rows()
    assert sorted(told, key=lambda row: row[0]) == [
        ("2019", "final", 100.0, None, 90.0, None),
        ("2021", "final", 100.0, 100.0, 90.0, 91.0),
        ("2025", "preliminary", 100.0, 120.0, 90.0, 90.0),
    ]
    assert set(found["cause"]) == {NEW_DATA}
    assert set(found["previous_edition_id"]) == {"20240101-a"}


@pytest.mark.parametrize("name", revisions.NUMBERS)
def test_any_number_that_is_told_of_a_figure_can_be_revised(name: str) -> None:
    """A figure that stays while fewer stand behind it is not the figure that it was."""
    now = OLD.with_columns(pl.when(pl.col("period") == "2020").then(pl.col(name) + 1).otherwise(name).alias(name))
    (row,) = revisions.revisions(now, BEFORE, {}).iter_rows(named=True)
    assert row["period"] == "2020"
    assert row[name] == row[f"previous_{name}"] + 1
    assert all(row[other] == row[f"previous_{other}"] for other in revisions.NUMBERS if other != name)
    assert revisions.marked(now, BEFORE).filter(pl.col("status") == "revised")["period"].to_list() == ["2020", "2022"]


@pytest.mark.parametrize("period", ["2023", "2024"])
def test_a_figure_that_either_edition_hides_is_no_revision(period: str) -> None:
    found = revisions.revisions(NEW, BEFORE, {})
    assert period not in found["period"].to_list()
    marked = revisions.marked(NEW, BEFORE).filter(pl.col("period") == period)
    assert marked["status"].to_list() == ["final"]


def test_a_final_figure_that_changed_is_revised_for_ever() -> None:
    marked = dict(revisions.marked(NEW, BEFORE).select("period", "status").iter_rows())
    assert marked == {
        "2020": "final",
        "2021": "revised",
        "2022": "revised",
        "2023": "final",
        "2024": "final",
        "2025": "final",
        "2026": "preliminary",
    }


def test_the_first_edition_revises_nothing() -> None:
    assert revisions.revisions(NEW, None, {}).height == 0
    assert revisions.marked(NEW, None).equals(NEW)


def test_the_columns_are_those_of_the_contract() -> None:
    assert list(revisions.SCHEMA) == [column.name for column in contracts.tables()["meta.revisions"].columns]


CAUSES = [
    pytest.param(None, METHOD, id="the edition before does not say what it was made of"),
    pytest.param(replace(THEN, program="other"), METHOD, id="another program"),
    pytest.param(replace(THEN, cards={"memberships": "other"}), METHOD, id="another card"),
    pytest.param(replace(THEN, cards={"memberships": "c", "ended": "x"}), NEW_DATA, id="a card of another indicator"),
    pytest.param(replace(THEN, decided={"": "other"}), CORRECTION, id="another decision about a name"),
    pytest.param(
        replace(THEN, decided={"": "d", "association_returns": "x"}), CORRECTION, id="a correction of its source"
    ),
    pytest.param(
        replace(THEN, delivered={**THEN.delivered, "association_returns": {"2023.csv": "old"}}),
        CORRECTION,
        id="a file was replaced",
    ),
    pytest.param(
        replace(THEN, delivered={**THEN.delivered, "association_returns": {"2023.csv": "a", "x.csv": "b"}}),
        CORRECTION,
        id="a file was withdrawn",
    ),
    pytest.param(replace(THEN, delivered={**THEN.delivered, "association_returns": {}}), NEW_DATA, id="a file came"),
    pytest.param(
        replace(THEN, fetched={**THEN.fetched, "association_returns": ["old page"]}),
        NEW_DATA,
        id="an interface gave other pages",
    ),
    pytest.param(
        replace(THEN, delivered={**THEN.delivered, "prh_register": {"register.csv": "old"}}),
        CORRECTION,
        id="only another source changed",
    ),
]


@pytest.mark.parametrize(("before", "expected"), CAUSES)
def test_the_cause_follows_from_what_the_editions_were_made_of(before: Inputs | None, expected: str) -> None:
    assert revisions.cause(before, THEN, "memberships", ["association_returns"]) == expected


def test_every_cause_has_its_sentence() -> None:
    assert {METHOD, CORRECTION, NEW_DATA} <= contracts.messages().keys()
