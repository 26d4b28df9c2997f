"""An invented country: municipalities of all sizes, and what their associations, ledgers and calendars hold.

Here belongs: how many of what there are, and drawing them. Not here: the files (`country_files`), the one town whose
right answers are known (`build`).

Everything is drawn for all municipalities at once, in columns: a million rows are no loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines import contracts
from pipelines.check_digit import WEIGHTS
from pipelines.example.names import TOWN_NAMES, VILLAGE_NAMES, VILLAGES

Size = Literal["region", "national"]

YEARS: Final = range(2021, 2026)
_SPREAD: Final = 1.45
"""Of the logarithm of residents: the largest municipality has then some hundred times as many as the middle one."""

_FIRST_PARTS: Final = (
    "Arvaus", "Esimerkki", "Haave", "Harjoitus", "Juoni", "Keksi", "Kokeilu", "Kuvitelma", "Leikki", "Loru", "Luonnos",
    "Malli", "Muka", "Näyte", "Oletus", "Satu", "Taru", "Tuuma", "Unelma", "Vitsi",
)  # fmt: skip
_SECOND_PARTS: Final = (
    ("järvi", "järven"), ("niemi", "niemen"), ("salo", "salon"), ("mäki", "mäen"), ("lahti", "lahden"),
    ("koski", "kosken"), ("ranta", "rannan"), ("saari", "saaren"), ("vaara", "vaaran"), ("harju", "harjun"),
    ("lampi", "lammen"), ("joki", "joen"), ("kangas", "kankaan"), ("pelto", "pellon"), ("korpi", "korven"),
    ("halme", "halmeen"), ("virta", "virran"), ("selkä", "selän"), ("kumpu", "kummun"), ("suo", "suon"),
)  # fmt: skip
_SIDES: Final = ("", "Etelä-", "Pohjois-", "Itä-", "Länsi-", "Keski-", "Ylä-", "Ala-")


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything an example has."""

    towns: int
    associations: int
    grants: int
    returns: int
    events: int
    bookings: int


AMOUNTS: Final[dict[Size, Amounts]] = {
    "region": Amounts(31, 10_600, 60_000, 25_000, 100_000, 100_000),
    "national": Amounts(309, 106_000, 600_000, 250_000, 1_000_000, 1_000_000),
}
_RESIDENTS_PER_ASSOCIATION: Final = 53


@dataclass(frozen=True, slots=True)
class InventedCountry:
    """The rows of all municipalities, by `town`, a municipality code."""

    towns: pl.DataFrame
    associations: pl.DataFrame
    grants: pl.DataFrame
    returns: pl.DataFrame
    events: pl.DataFrame
    bookings: pl.DataFrame


def invent(amounts: Amounts, seed: int) -> InventedCountry:
    """Draw a country; the same amounts and seed give the same one."""
    rng = np.random.default_rng(seed)
    towns = _towns(rng, amounts)
    associations = _associations(rng, towns, amounts.associations)
    living = associations.filter(pl.col("ended_on").is_null())
    return InventedCountry(
        towns=towns,
        associations=associations,
        grants=_grants(rng, living, amounts.grants),
        returns=_returns(rng, living, amounts.returns),
        events=_events(rng, living, amounts.events),
        bookings=_bookings(rng, living, amounts.bookings),
    )


def _towns(rng: np.random.Generator, amounts: Amounts) -> pl.DataFrame:
    """`town`, `name`, `genitive`, `business_id`, `residents`, and how many `associations`.

    Residents are the quantiles of a log-normal distribution, so that there are many small municipalities and few large.
    """
    count = amounts.towns
    real = {entry.code for entry in contracts.code_lists()["municipalities"].entries}
    free = [code for code in (f"{number:03}" for number in range(1, 1000)) if code not in real]
    codes = rng.choice(np.array(free[: 2 * count]), count, replace=False)
    names = [(first + second, first + of) for first, (second, of) in product(_FIRST_PARTS, _SECOND_PARTS)]
    taken = {entry.label.fi for entry in contracts.code_lists()["municipalities"].entries}
    invented = [pair for pair in names if pair[0] not in taken]
    chosen = [invented[place] for place in rng.choice(len(invented), count, replace=False)]
    normal = NormalDist()
    weights = np.exp(_SPREAD * np.array([normal.inv_cdf((place + 0.5) / count) for place in range(count)]))
    weights = rng.permutation(weights)
    residents = np.maximum(amounts.associations * _RESIDENTS_PER_ASSOCIATION * weights / weights.sum(), 90).astype(int)
    return pl.DataFrame(
        {
            "town": codes,
            "name": [name for name, _ in chosen],
            "genitive": [genitive for _, genitive in chosen],
            "business_id": _business_ids(9_000_000, count),
            "residents": residents,
            "associations": _shares(weights, amounts.associations),
        }
    ).sort("town")


def _shares(weights: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.int64]:
    """Part a whole number by weights, so that the parts add up to it and none is below three."""
    parts: npt.NDArray[np.int64] = np.maximum(np.floor(total * weights / weights.sum()).astype(np.int64), 3)
    parts[parts.argmax()] += total - parts.sum()
    return parts


def _business_ids(start: int, count: int) -> list[str]:
    """Return Y-tunnukset with right check digits, of a series that is not issued."""
    numbers = np.arange(start, start + count * 11 // 9 + 11)
    digits = (numbers[:, None] // 10 ** np.arange(6, -1, -1)) % 10
    rest = (digits * np.array(WEIGHTS)).sum(axis=1) % 11
    kept = rest != 1
    check = np.where(rest == 0, 0, 11 - rest)
    return [f"{number}-{digit}" for number, digit in zip(numbers[kept][:count], check[kept][:count], strict=True)]


def _associations(rng: np.random.Generator, towns: pl.DataFrame, count: int) -> pl.DataFrame:
    classes = {code: f"{100 * place}" for place, code in enumerate(TOWN_NAMES, start=1)}
    classes |= {
        entry.code: entry.synonyms[0] for entry in contracts.code_lists()["purpose_groups"].entries if entry.synonyms
    }
    kinds = [(name, classes[group]) for group, names in TOWN_NAMES.items() for name in names]
    village_kinds = [(name, classes[group]) for group, names in VILLAGE_NAMES.items() for name in names]
    stems = [side + village for side in _SIDES for village in VILLAGES]
    local = [(f"{village} {name}", group) for name, group in kinds + village_kinds for village in stems]
    own = len(kinds)
    each = (
        towns.select("town", "genitive", "associations")
        .with_columns(place=pl.int_ranges(pl.col("associations")))
        .explode("place")
    )
    place = each["place"].to_numpy()
    # the first bear the name of the municipality, the others that of a village, in an order that mixes both
    mixed = (np.maximum(place - own, 0) * 7_919) % len(local)
    of_town = np.minimum(place, own - 1)
    names = pl.DataFrame({"kind": [name for name, _ in kinds], "kind_class": [group for _, group in kinds]})
    villages = pl.DataFrame({"local": [name for name, _ in local], "local_class": [group for _, group in local]})
    is_own = pl.Series(place < own)
    rows = each.with_columns(names[of_town].get_columns()).with_columns(villages[mixed].get_columns())
    registered = rng.integers(0, 365 * 60, count)
    ended = rng.random(count) < 0.03
    return rows.select(
        pl.col("town"),
        register_number=pl.Series(np.arange(800_001, 800_001 + count)),
        business_id=pl.Series(_business_ids(9_100_000, count)),
        name=pl.when(is_own).then(pl.col("genitive") + " " + pl.col("kind")).otherwise(pl.col("local")) + " ry",
        purpose_class=pl.when(is_own).then(pl.col("kind_class")).otherwise(pl.col("local_class")),
        registered_on=pl.date(1963, 1, 1) + pl.duration(days=pl.lit(pl.Series(registered))),
        ended_on=pl.when(pl.Series(ended)).then(
            pl.date(2023, 1, 1) + pl.duration(days=pl.lit(pl.Series(rng.integers(0, 900, count))))
        ),
    )


def _drawn(rng: np.random.Generator, living: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return associations drawn again and again, a few of them often, as it is with grants and bookings."""
    weights = rng.pareto(2.5, living.height) + 0.2
    chosen = np.sort(rng.choice(living.height, count, p=weights / weights.sum()))
    return living.select("town", "name", "business_id", "purpose_class")[chosen]


def _day(rng: np.random.Generator, count: int) -> pl.Expr:
    days = (YEARS[-1] - YEARS[0] + 1) * 365
    return pl.date(YEARS[0], 1, 1) + pl.duration(days=pl.lit(pl.Series(rng.integers(0, days, count))))


def _named(rng: np.random.Generator, count: int) -> tuple[pl.Expr, pl.Expr]:
    """Return the name and the Y-tunnus as files write them: some without a Y-tunnus, some with a slip in the name."""
    slip, without = pl.Series(rng.random(count)), pl.Series(rng.random(count) < 0.15)
    name = (
        pl.when(slip < 0.03)
        .then(pl.col("name").str.to_uppercase())
        .when(slip < 0.05)
        .then(pl.col("name").str.replace(" ry", " r.y.", literal=True))
        .when(slip < 0.06)
        .then(pl.col("name").str.replace("i", "ii", literal=True))
        .otherwise(pl.col("name"))
    )
    return name, pl.when(~without).then(pl.col("business_id"))


def _grants(rng: np.random.Generator, living: pl.DataFrame, count: int) -> pl.DataFrame:
    rows = _drawn(rng, living, count)
    name, business_id = _named(rng, count)
    applied = np.round(np.exp(rng.normal(6.8, 0.9, count)) / 10) * 10 + 50
    awarded = np.where(rng.random(count) < 0.12, 0, np.round(applied * rng.uniform(0.4, 1.0, count) / 10) * 10)
    paid = np.where(rng.random(count) < 0.04, np.nan, awarded)
    body = np.array(["Kunnanhallitus", "Liikuntatoimi", "Kulttuuritoimi", "Nuorisotoimi"])[rng.integers(0, 4, count)]
    kind = np.array(["toiminta-avustus", "kohdeavustus"])[(rng.random(count) < 0.3).astype(int)]
    return rows.select(
        "town",
        recipient=name,
        business_id=business_id,
        body=pl.when(pl.col("purpose_class") == "600").then(pl.lit("Liikuntatoimi")).otherwise(pl.Series(body)),
        grant_type=pl.Series(kind),
        applied=pl.Series(applied),
        awarded=pl.Series(awarded),
        paid=pl.Series(paid).fill_nan(None),
        decided_on=_day(rng, count),
        paid_after=pl.Series(rng.integers(20, 200, count)),
        is_faulty=pl.Series(rng.random(count) < 0.0005),
    )


def _returns(rng: np.random.Generator, living: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return who answered, once a year at the most."""
    every = living.height * len(YEARS)
    chosen = np.sort(rng.choice(every, min(count, every), replace=False))
    who = chosen % living.height
    rows = living.select("town", "name", "business_id")[who].with_columns(
        year=pl.Series(YEARS[0] + chosen // living.height)
    )
    count = rows.height
    name, business_id = _named(rng, count)
    usual, share = np.exp(rng.normal(4.0, 0.9, living.height)) + 5, rng.uniform(0.05, 0.4, living.height)
    members = np.round(usual[who] * rng.uniform(0.85, 1.15, count)).astype(int)
    persons = np.maximum(np.round(usual[who] * share[who] * rng.uniform(0.8, 1.2, count)).astype(int), 1)
    events = rng.poisson(6, count)
    return rows.select(
        "town",
        "year",
        association=name,
        business_id=business_id,
        members=pl.Series(members),
        persons=pl.Series(persons),
        hours=pl.Series(np.round(persons * rng.uniform(12, 24, count)).astype(int)),
        events=pl.Series(events),
        joint_events=pl.Series(rng.binomial(events, 0.2)),
        grade=pl.Series(rng.integers(5, 11, count)),
        works=pl.Series(rng.integers(1, 6, count)),
        is_faulty=pl.Series(rng.random(count) < 0.0005),
    )


def _events(rng: np.random.Generator, living: pl.DataFrame, count: int) -> pl.DataFrame:
    rows = _drawn(rng, living, count)
    name, _ = _named(rng, count)
    kinds = np.array(["Avoimet ovet", "Kyläjuhla", "Konsertti", "Luento", "Talkoot", "Turnaus", "Retki", "Myyjäiset"])
    places = np.array(["Tori", "Koulun sali", "Yhdistysten talo", "Kirjasto", "Urheilukenttä", "Rantapuisto"])
    fellow = pl.col("name").shift(-1).over("town")
    together = pl.Series(rng.random(count) < 0.15)
    return rows.select(
        "town",
        held_on=_day(rng, count),
        name=pl.Series(kinds[rng.integers(0, len(kinds), count)])
        + pl.format(" {}", pl.Series(rng.integers(1, 400, count))),
        place=pl.Series(places[rng.integers(0, len(places), count)]),
        organisers=pl.when(together & fellow.is_not_null() & (fellow != pl.col("name")))
        .then(name + "; " + fellow)
        .otherwise(name),
        participants=pl.Series(rng.poisson(45, count)),
        is_faulty=pl.Series(rng.random(count) < 0.0005),
    )


def _bookings(rng: np.random.Generator, living: pl.DataFrame, count: int) -> pl.DataFrame:
    rows = _drawn(rng, living, count)
    name, business_id = _named(rng, count)
    premises = np.array(["Yhdistysten talo", "Koulun sali", "Kirjaston kokoustila"])
    hour, length = rng.integers(8, 20, count), rng.integers(1, 4, count)
    listed = 18.0 * length
    return rows.select(
        "town",
        premises=pl.Series(premises[rng.integers(0, len(premises), count)]),
        booker=name,
        business_id=business_id,
        day=_day(rng, count),
        begins=pl.Series(hour),
        ends=pl.Series(hour + length),
        price=pl.Series(np.where(rng.random(count) < 0.7, 0.0, listed / 2)),
        list_price=pl.Series(listed),
        state=pl.Series(np.where(rng.random(count) < 0.06, "peruttu", "vahvistettu")),
        is_faulty=pl.Series(rng.random(count) < 0.0005),
    )
