"""Nobody gets a hidden figure back from the public files of three editions; the attacker is able to find what is badly hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines import contracts, disclosure
from pipelines.revisions import NUMBERS
from tests.disclosure import attacker
from tests.disclosure.attacker import Attack, Edition, Found, Place

K = 3
CARDS = pl.DataFrame(
    [(card.id, card.basis, card.kind, card.unit_code, card.disclosure) for card in contracts.indicators().values()],
    schema=["indicator_id", "basis", "kind", "unit_code", "disclosure"],
    orient="row",
)
RULES = disclosure.rules(contracts.indicators().values(), K)


def narrow(found: Found, editions: list[Edition]) -> bool:
    """Whether less than k is left of what was not known before."""
    units = editions[found.edition].cards[found.place[1]].disclosure
    return found.width < min(disclosure.RESIDENTS_K if units == "residents" else K, found.before) - attacker.NOISE


def gives_back(editions: list[Edition]) -> list[Found]:
    return [found for found in Attack(editions).intervals() if narrow(found, editions)]


# Three editions of the town


@dataclass(frozen=True)
class Published:
    """An edition: its public values and changes, the true values, and what everybody knows of each association."""

    values: pl.DataFrame
    changes: pl.DataFrame
    true_values: pl.DataFrame
    states: pl.DataFrame
    awards: pl.DataFrame
    revisions: pl.DataFrame

    def seen(self, values: pl.DataFrame | None = None) -> Edition:
        """Return it as the attacker has it; with other values than it has when they are given."""
        known = disclosure.known_active(self.states, self.awards)
        return attacker.edition(self.values if values is None else values, CARDS, known)


def by_place(values: pl.DataFrame) -> dict[Place, dict[str, Any]]:
    return {
        (row["period"], row["indicator_id"], row["breakdown"], row["breakdown_value"]): row
        for row in values.iter_rows(named=True)
    }


def test_the_data_did_change_between_the_editions(published: list[Published]) -> None:
    first, second, third = (set(one.values.drop("edition_id").iter_rows()) for one in published)
    assert len(second - first) > 50  # a new year
    assert len(third - second) > 10


def test_three_editions_give_no_hidden_figure_back(
    published: list[Published], capsys: pytest.CaptureFixture[str]
) -> None:
    editions = [one.seen() for one in published]
    found = list(Attack(editions).intervals())
    values = published[-1].values
    with capsys.disabled():
        print(
            f"\n{values['is_hidden'].sum()} of {values.height} figures of the newest edition are hidden; "
            f"{len(found)} quantities of three editions attacked, "
            f"{sum(one.width < 1 and one.before >= 1 for one in found)} recovered"
        )
    assert len(found) > 1000
    assert not [one for one in found if narrow(one, editions)]


def test_the_true_figure_lies_in_every_interval(published: list[Published]) -> None:
    """Else the attacker would have been led astray, and finding nothing would prove nothing."""
    truth = [by_place(one.true_values) for one in published]
    editions = [one.seen() for one in published]
    for found in Attack(editions).intervals():
        row = truth[found.edition][found.place]
        scale = editions[found.edition].cards[found.place[1]].scale
        true_value = row["n"] if found.quantity == "n" else row["reported"] or 0.0
        if scale and found.quantity != "n" and row["n"]:
            mean = row["reported"]
            true_value = row["n"] * (mean - scale[0] if found.quantity == "up" else scale[1] - mean)
        assert found.lower - 1e-4 <= true_value <= found.upper + 1e-4, found


def test_what_was_hidden_stays_hidden_after_a_small_change(published: list[Published]) -> None:
    """In all years but the one whose returns came with the second edition."""
    small_changes = pl.col("is_hidden") & (pl.col("period") != "2025")
    first, second, third = (
        set(one.values.filter(small_changes).select(disclosure.KEY).iter_rows()) for one in published
    )
    assert first
    assert first <= second <= third


def test_a_hidden_row_tells_nothing_but_that_it_is_hidden(published: list[Published]) -> None:
    for one in published:
        hidden = one.values.filter("is_hidden").select(list(disclosure.MASKED))
        assert hidden.unique().rows() == [tuple(disclosure.MASKED.values())]


def test_a_change_is_told_only_where_both_years_are_shown(published: list[Published]) -> None:
    for one in published:
        rows = by_place(one.values)
        told = one.changes.filter(pl.col("change").is_not_null())
        assert told.height > 100
        for change in told.iter_rows(named=True):
            place = (change["indicator_id"], change["breakdown"], change["breakdown_value"])
            assert not rows[change["period"], *place]["is_hidden"]
            assert not rows[change["previous_period"], *place]["is_hidden"]


def differs(old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return old is not new
    return not math.isclose(old, new, rel_tol=1e-9)


def test_revisions_tell_what_two_public_editions_tell_and_no_more(published: list[Published]) -> None:
    assert published[0].revisions.height == 0
    for before, now, cause in zip(published, published[1:], ("revision.correction", "revision.new_data"), strict=False):
        old, new = by_place(before.values), by_place(now.values)
        listed = by_place(now.revisions)
        assert listed.keys() == {
            place
            for place, row in old.items()
            if not row["is_hidden"]
            and not new[place]["is_hidden"]
            and any(differs(row[name], new[place][name]) for name in NUMBERS)
        }
        assert {row["cause"] for row in listed.values()} == {cause}
        for place, row in listed.items():
            for name in NUMBERS:
                assert (row[f"previous_{name}"], row[name]) == (old[place][name], new[place][name])
            assert new[place]["status"] == "revised"


# The attacker can find


def only_primary(values: pl.DataFrame) -> pl.DataFrame:
    """Hide what is small and nothing else, as a beginner would."""
    small = {name: rule.k for name, rule in RULES.items()}
    least = pl.col("indicator_id").replace_strict(small, default=0, return_dtype=pl.Int64)
    return values.with_columns(is_hidden=pl.col("n") < least)


def masked(values: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name, instead in disclosure.MASKED.items() if instead is None and name in values.columns]
    return values.with_columns(pl.when(~pl.col("is_hidden")).then(pl.col(name)).alias(name) for name in columns)


def test_hiding_small_cells_alone_is_broken(published: list[Published]) -> None:
    newest = published[-1]
    editions = [newest.seen(masked(only_primary(newest.true_values)))]
    broken = [found for found in gives_back(editions) if found.width < attacker.NOISE]
    counts = [found for found in broken if found.quantity == "n"]
    truth = by_place(newest.true_values)
    assert len(counts) > 10
    assert all(found.lower == pytest.approx(truth[found.place]["n"]) for found in counts)


def test_what_the_edition_before_showed_is_found(published: list[Published]) -> None:
    """An edition that hides a cell which the one before showed, while nothing else has changed, hides nothing."""
    newest = published[-1]
    victim = newest.values.filter(
        ~pl.col("is_hidden") & (pl.col("indicator_id") == "memberships") & (pl.col("breakdown") == "purpose_group")
    ).row(0, named=True)
    is_victim = pl.all_horizontal(pl.col(name) == victim[name] for name in disclosure.KEY)
    now = masked(newest.values.with_columns(is_hidden=pl.col("is_hidden") | is_victim))
    found = [one for one in gives_back([newest.seen(), newest.seen(now)]) if one.width < attacker.NOISE]
    assert [one.lower for one in found if one.quantity == "up"] == [pytest.approx(victim["reported"])]


# Small towns of any kind


@st.composite
def small_towns(draw: st.DrawFn) -> pl.DataFrame:
    """One year of up to five groups: registered, active, answers, hours, a share and a grade."""
    rows: list[tuple[str, str, str, int, int | None, float | None]] = []
    totals: dict[str, list[float]] = {}
    for place in range(draw(st.integers(1, 5))):
        registered = draw(st.integers(1, 14))
        active = draw(st.integers(0, registered))
        answered = draw(st.integers(0, active))
        yes = draw(st.integers(0, answered))
        hours = sum(draw(st.lists(st.integers(0, 30), min_size=answered, max_size=answered)))
        points = sum(draw(st.lists(st.integers(4, 10), min_size=answered, max_size=answered)))
        for indicator, n, population, amount in (
            ("registered_associations", registered, None, registered),
            ("active_associations", active, registered, active),
            ("return_response_share", answered, active, answered),
            ("volunteer_hours", answered, active, hours),
            ("cooperation_works_share", answered, active, yes),
            ("cooperation_grade", answered, active, points),
        ):
            rows.append((indicator, "purpose_group", f"group {place}", n, population, amount))
            total = totals.setdefault(indicator, [0, 0, 0])
            totals[indicator] = [total[0] + n, total[1] + (population or 0), total[2] + amount]
    rows += [
        (name, "total", "total", int(n), int(population) or None, amount)
        for name, (n, population, amount) in totals.items()
    ]
    values = pl.DataFrame(
        [
            (name, "year", "2024", breakdown, group, _mean(name, n, population, amount), n, population, amount)
            for name, breakdown, group, n, population, amount in rows
        ],
        schema={
            **dict.fromkeys(disclosure.KEY, pl.String),
            "reported": pl.Float64,
            "n": pl.Int64,
            "population": pl.Int64,
            "amount": pl.Float64,
        },
        orient="row",
    )
    return values.with_columns(value=pl.lit(None, pl.Float64), is_hidden=False).drop("amount")


def _mean(indicator: str, n: int, population: int | None, amount: float | None) -> float | None:
    divisor = {"return_response_share": population, "cooperation_works_share": n, "cooperation_grade": n}
    if indicator not in divisor:
        return None if n == 0 and indicator == "volunteer_hours" else amount
    return amount / divisor[indicator] if amount is not None and divisor[indicator] else None


@given(small_towns())
@settings(max_examples=60, deadline=None, phases=[Phase.generate])
def test_no_small_town_gives_a_hidden_figure_back(values: pl.DataFrame) -> None:
    hidden = disclosure.hide_small_groups(values, RULES)
    editions = [attacker.edition(masked(hidden), CARDS, {})]
    assert not gives_back(editions)
