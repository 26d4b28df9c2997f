"""How often the truth of the example town lies within the 95 % intervals, over many seeds, by indicator.

Run by `make bench`. Each seed is another town with another luck in who answers; its field and answers go straight into
the estimates, without files. The truth is what all active associations and all adult residents would have said. What
a first edition of the town would hide is hidden here too, for the estimates weigh the hidden groups as one stratum.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping

import polars as pl

from pipelines import contracts, disclosure, estimation, resident_estimation
from pipelines.example import MUNICIPALITY
from pipelines.example.build import build_town
from pipelines.example.residents import CANNOT_SAY
from pipelines.example.town import FIRST_RETURN_YEAR, YEARS, Return, Town
from pipelines.example.truth import YearEnd, hours_of_year, purpose_group, whole_values
from pipelines.settings import Settings, parse_settings

SEEDS = 200
Cell = tuple[str, str, str, str]
"""Indicator, period, breakdown and breakdown value."""

PARTS = ("the whole", "shown groups", "hidden groups")
ANSWERS = ("volunteer_hours", "volunteer_persons", "members", "events", "joint_events", "cooperation_grade", "agrees")


def main() -> None:
    """Measure and print; the first argument is another number of seeds."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    settings = parse_settings(contracts.municipality_settings(MUNICIPALITY), MUNICIPALITY)
    within: Counter[tuple[str, str]] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    for seed in range(1, seeds + 1):
        for indicator, part, is_within in covered(build_town(settings, seed), settings):
            told[indicator, part] += 1
            within[indicator, part] += is_within
    print(f"Truth within the 95 % interval, {seeds} seeds of the example town, {len(YEARS) - 1} years, 2 surveys\n")
    print(f"{'':<36}" + "".join(f"{part:>18}" for part in PARTS))
    for indicator in [*estimation.COLUMNS, *resident_estimation.COLUMNS]:
        shares = [_share(within[indicator, part], told[indicator, part]) for part in PARTS]
        print(f"  {indicator:<34}" + "".join(f"{share:>18}" for share in shares))
    for name, columns in (("returns", estimation.COLUMNS), ("residents", resident_estimation.COLUMNS)):
        sums = [_share(*(sum(counts[one, part] for one in columns) for counts in (within, told))) for part in PARTS]
        print(f"  all figures of {name:<19}" + "".join(f"{share:>18}" for share in sums))


def covered(town: Town, settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Yield each estimate of a town that has an interval: indicator, part of `PARTS`, whether the truth lies within."""
    truth: dict[Cell, float] = {
        (one["indicator_id"], one["period"], one["breakdown"], one["breakdown_value"]): one["value"]
        for one in whole_values(town)
    }
    field = field_of(town)
    hidden = hidden_of(town, field, settings)
    returns = estimation.estimates(field, hidden).rename({"year": "period"}).cast({"period": pl.String})
    residents = resident_estimation.estimates(survey_of(town), population_of(town, settings))
    columns = ["indicator_id", "period", "breakdown", "breakdown_value", "lower", "upper"]
    both = pl.concat([returns.select(columns), residents.rename({"term": "period"}).select(columns)])
    for indicator, period, breakdown, group, lower, upper in both.drop_nulls().iter_rows():
        if (indicator, period, breakdown, group) not in truth:
            continue
        is_hidden = indicator in estimation.COLUMNS and group in hidden.get((indicator, int(period)), ())
        part = PARTS[0] if breakdown == "total" else PARTS[1 + is_hidden]
        yield indicator, part, lower <= truth[indicator, period, breakdown, group] <= upper


def hidden_of(town: Town, field: pl.DataFrame, settings: Settings) -> estimation.Pooled:
    """Return the purpose groups that a first edition of the town hides, by indicator and year."""
    rules = disclosure.rules(contracts.indicators().values(), settings.figures.disclosure_k)
    counted = pl.concat(_counted(town, of_year) for of_year in field.partition_by("year"))
    receivers = field.filter("got_grant").group_by("year", "purpose_group").len()
    floors = {(str(year), str(group)): int(count) for year, group, count in receivers.iter_rows()}
    found: dict[tuple[str, int], frozenset[str]] = {}
    for row in disclosure.hide_small_groups(counted, rules, floors=floors).filter("is_hidden").iter_rows(named=True):
        key = row["indicator_id"], int(row["period"])
        found[key] = found.get(key, frozenset()) | {row["breakdown_value"]}
    return found


def _counted(town: Town, of_year: pl.DataFrame) -> pl.DataFrame:
    """Return what is counted of a year, as `marts.figures`: the field, who answered, and what was answered."""
    (year,) = of_year["year"].unique()
    registered = Counter(purpose_group(one) for one in YearEnd(town, year).registered.values())
    answered = pl.any_horizontal(pl.col(column).is_not_null() for column in ANSWERS)
    rows = []
    for group in ("total", *registered):
        of_group = of_year if group == "total" else of_year.filter(pl.col("purpose_group") == group)
        size, n = of_group.height, of_group.filter(answered).height
        cells: list[tuple[str, float | None, int, int]] = [
            (disclosure.FIELD, size, size, registered.total() if group == "total" else registered[group]),
            ("return_response_share", n / size if size else None, n, size),
        ]
        for indicator, column in estimation.COLUMNS.items():
            answers = of_group[column].cast(pl.Float64).drop_nulls()
            said = answers.sum() if indicator in estimation.TOTALS else answers.mean()
            cells.append((indicator, said if len(answers) else None, len(answers), size))
        breakdown = "total" if group == "total" else "purpose_group"
        rows += [(name, "year", str(year), breakdown, group, reported, n, size) for name, reported, n, size in cells]
    schema = {**dict.fromkeys(disclosure.KEY, pl.String), "reported": pl.Float64, "n": pl.Int64, "population": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def field_of(town: Town) -> pl.DataFrame:
    """Return the active associations and their answers, as `marts.return_field`."""
    rows = []
    for year in range(FIRST_RETURN_YEAR, YEARS[-1] + 1):
        then = YearEnd(town, year)
        granted = {one.register_number for one in town.grants if one.decided_on.year == year and one.awarded > 0}
        for number, one in then.active.items():
            said = _said(then.answers[number]) if number in then.answers else dict.fromkeys(ANSWERS)
            cell = {"purpose_group": purpose_group(one), "got_grant": number in granted}
            rows.append({"year": year, "register_number": str(number), **cell, **said})
    return pl.DataFrame(rows, infer_schema_length=None)


def survey_of(town: Town) -> pl.DataFrame:
    """Return the answers of residents, as `marts.resident_field`."""
    terms = list(town.adults)
    yes: Mapping[object, int | None] = {True: 1, False: 0, CANNOT_SAY: None, None: None}
    rows = [
        {
            "answer_number": number,
            "term": one.term,
            "term_number": terms.index(one.term),
            "age_group": one.age_group,
            "sex": one.sex,
            "area": one.area,
            "participated": yes[one.participated],
            "volunteered": yes[one.volunteered],
            "satisfaction": None if one.satisfaction == CANNOT_SAY else one.satisfaction,
            "knows_where_to_ask": None if one.knows is None else int(one.knows == "yes"),
        }
        for number, one in enumerate(town.civic.residents)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def population_of(town: Town, settings: Settings) -> pl.DataFrame:
    """Return the residents that the surveys speak for, as `marts.survey_population`."""
    rows = []
    for term, adults in town.adults.items():
        groups: Counter[tuple[str | None, str | None, str | None]] = Counter()
        for (age_group, sex, area), count in adults.items():
            groups[age_group, sex, None] += count
            groups[None, None, area] += count
        for (age_group, sex, area), count in groups.items():
            margin = "age_sex" if area is None else "area"
            rows.append((term, margin, age_group, sex, area, round(count)))
    return pl.DataFrame(rows, schema=["term", "margin", "age_group", "sex", "area", "residents"], orient="row")


def _said(answer: Return) -> dict[str, float | None]:
    return {
        "volunteer_hours": hours_of_year(answer),
        "volunteer_persons": answer.persons,
        "members": answer.members,
        "events": answer.events,
        "joint_events": answer.joint_events,
        "cooperation_grade": answer.grade,
        "agrees": None if answer.works is None else int(answer.works >= 4),
    }


def _share(within: int, told: int) -> str:
    return f"{within / told:.1%} of {told:,}" if told else "-"


if __name__ == "__main__":
    main()
