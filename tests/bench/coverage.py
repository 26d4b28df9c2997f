"""How often the truth of the example town lies within the 95 % intervals, over many seeds, by indicator.

Run by `make bench`. Each seed is another town with another luck in who answers; its field and answers go straight into
the estimates, without files. The truth is what all active associations and all adult residents would have said.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping

import polars as pl

from pipelines import contracts, estimation, resident_estimation
from pipelines.example import MUNICIPALITY
from pipelines.example.build import build_town
from pipelines.example.residents import CANNOT_SAY
from pipelines.example.town import FIRST_RETURN_YEAR, YEARS, Return, Town
from pipelines.example.truth import YearEnd, hours_of_year, purpose_group, whole_values
from pipelines.settings import Settings, parse_settings

SEEDS = 200
Cell = tuple[str, str, str, str]
"""Indicator, period, breakdown and breakdown value."""

ANSWERS = ("volunteer_hours", "volunteer_persons", "members", "events", "joint_events", "cooperation_grade", "agrees")


def main() -> None:
    """Measure and print; the first argument is another number of seeds."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    settings = parse_settings(contracts.municipality_settings(MUNICIPALITY), MUNICIPALITY)
    within: Counter[tuple[str, str]] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    for seed in range(1, seeds + 1):
        for (indicator, _, breakdown, _), is_within in covered(build_town(settings, seed), settings):
            key = indicator, "total" if breakdown == "total" else "groups"
            told[key] += 1
            within[key] += is_within
    print(f"Truth within the 95 % interval, {seeds} seeds of the example town, {len(YEARS) - 1} years, 2 surveys\n")
    print(f"{'':<36} {'the whole':>16} {'its groups':>16}")
    for indicator in [*estimation.COLUMNS, *resident_estimation.COLUMNS]:
        shares = [_share(within[indicator, part], told[indicator, part]) for part in ("total", "groups")]
        print(f"  {indicator:<34} {shares[0]:>16} {shares[1]:>16}")
    for name, columns in (("returns", estimation.COLUMNS), ("residents", resident_estimation.COLUMNS)):
        sums = [
            _share(*(sum(counts[one, part] for one in columns) for counts in (within, told)))
            for part in ("total", "groups")
        ]
        print(f"  all figures of {name:<19} {sums[0]:>16} {sums[1]:>16}")


def covered(town: Town, settings: Settings) -> Iterator[tuple[Cell, bool]]:
    """Yield each estimate of a town that has an interval, and whether the truth lies within."""
    truth = {
        (one["indicator_id"], one["period"], one["breakdown"], one["breakdown_value"]): one["value"]
        for one in whole_values(town)
    }
    returns = estimation.estimates(field_of(town)).rename({"year": "period"}).cast({"period": pl.String})
    residents = resident_estimation.estimates(survey_of(town), population_of(town, settings))
    columns = ["indicator_id", "period", "breakdown", "breakdown_value", "lower", "upper"]
    both = pl.concat([returns.select(columns), residents.rename({"term": "period"}).select(columns)])
    for *cell, lower, upper in both.drop_nulls().iter_rows():
        key: Cell = (cell[0], cell[1], cell[2], cell[3])
        if key in truth:
            yield key, lower <= truth[key] <= upper


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
