"""Weights that make the answers of residents speak for all adult residents.

Here belongs: which answers can be weighted, which groups of residents are weighted together, and the raking by `svy`.
Not here: what is estimated from the weighted answers (`pipelines.resident_estimation`), what residents there are
(`marts.survey_population`).

Method: raking to age × sex and to the areas. A group of fewer than `SMALLEST_CELL` answers is collapsed: the two sexes
of an age group first, then the age group with the smaller of its neighbours; small areas into one. An answer that does
not tell its sex, age or area is parted over the groups that it may belong to, in proportion to their residents.
Source of the method: Lohr, Sampling: Design and Analysis, ch. 8 (raking, weighting classes); Kim and Fuller (2004),
Biometrika 91(3) (fractional imputation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import svy
    from svy.core.types import Category

SMALLEST_CELL = 5
"""A group with fewer answers is weighted together with another."""

SMALLEST_SAMPLE = 30
"""With fewer answers nothing is weighted and no change is told."""

TOLD_SHARE = 0.5
"""When fewer of the answers tell age, sex or area, the answers can't be weighted by it."""

BY_AGE_SEX_AREA, BY_AGE_SEX = "raked_by_age_sex_area", "raked_by_age_sex"
REST = "rest"
NOT_CONVERGED = "CONVERGENCE_FAILED"
"""The code of svy's error for margins that no weights satisfy."""

_NO_AREA = "everywhere"
_TOLERANCE, _ROUNDS = 1e-8, 1_000

MARGINS = ("cell", "area_cell")
"""The columns that records are raked by."""

Group = tuple[str, str]
"""An age group and a sex."""

Controls = Mapping[str, Mapping[str, float]]
"""Residents by column of `MARGINS` and level."""


@dataclass(frozen=True, slots=True)
class Weighable:
    """Answers of one survey, ready for raking.

    `records` has the columns of the answers and `base` (the weight before raking; the records of one answer sum to 1),
    `cell` and `area_cell`; `population` is the number of adult residents.
    """

    records: pl.DataFrame
    controls: Controls
    population: int
    method: str
    is_collapsed: bool


def prepare(answers: pl.DataFrame, population: pl.DataFrame) -> Weighable | str:
    """Lay out the answers to one question of one survey for raking.

    Parameters
    ----------
    answers
        `answer_number`, `age_group`, `sex`, `area` (null where not told) and any other columns; one row an answer.
    population
        Rows of `marts.survey_population` of the same survey.

    Returns
    -------
    Weighable | str
        The answers of adults; or why they can't be weighted, the last part of a message key of verdicts.
    """
    known = population.filter(pl.col("residents") > 0).sort("age_group", "sex", "area")
    residents, areas = (known.filter(pl.col("margin") == margin) for margin in ("age_sex", "area"))
    if residents.is_empty():
        return "not_weighted"
    adults = answers.filter(pl.col("age_group").is_null() | _is_of(residents, "age_group"))
    if adults.height < SMALLEST_SAMPLE:
        return "too_few_answers"
    total = int(residents["residents"].sum())
    if adults.height > total:
        return "more_answers_than_residents"
    if min(_told(adults, residents, "age_group"), _told(adults, residents, "sex")) < TOLD_SHARE:
        return "background_not_told"
    records = _part(adults.with_columns(base=pl.lit(1.0)), residents, ["age_group", "sex"])
    has_areas = not areas.is_empty() and _told(adults, areas, "area") >= TOLD_SHARE
    parted = _part(records, areas, ["area"]) if has_areas else records.with_columns(area_of=pl.lit(_NO_AREA))
    prepared = _collapsed(parted, residents, areas if has_areas else None, total)
    return prepared if max(map(len, prepared.controls.values())) > 1 else "one_group_only"


def rake(records: pl.DataFrame, controls: Controls, stratum: str | None = None) -> svy.Sample | None:
    """Rake records of `Weighable` to their controls; None when no weights satisfy them.

    An answer is a primary sampling unit, so that one of several records counts once in the variance.
    """
    import svy
    from svy.errors import WeightingError

    sample = svy.Sample(records, svy.Design(wgt="base", psu="answer_number", stratum=stratum))
    levels: dict[str, dict[Category, float]] = {column: dict(controls[column].items()) for column in MARGINS}
    try:
        return sample.weighting.rake(controls=levels, tol=_TOLERANCE, max_iter=_ROUNDS)
    except WeightingError as error:
        if error.code != NOT_CONVERGED:
            raise
        return None


def age_sex_cells(answers: Mapping[Group, float]) -> dict[Group, str]:
    """Return the cell of each group of residents by the numbers of answers in the groups.

    The age groups stand in the order of their codes.
    """
    blocks: list[tuple[str, ...]] = [(age,) for age in sorted({age for age, _ in answers})]
    sexes = sorted({sex for _, sex in answers})

    def count(block: Sequence[str], of: Sequence[str] = sexes) -> float:
        return sum(answers.get((age, sex), 0) for age in block for sex in of)

    while len(blocks) > 1 and min(map(count, blocks)) < SMALLEST_CELL:
        place = min(range(len(blocks)), key=lambda number: count(blocks[number]))
        neighbours = [number for number in (place - 1, place + 1) if 0 <= number < len(blocks)]
        first = min(place, min(neighbours, key=lambda number: count(blocks[number])))
        blocks[first : first + 2] = [blocks[first] + blocks[first + 1]]
    cells: dict[Group, str] = {}
    for block in blocks:
        name = "+".join(block)
        is_parted = all(count(block, [sex]) >= SMALLEST_CELL for sex in sexes)
        cells |= {(age, sex): f"{name}/{sex}" if is_parted else name for age in block for sex in sexes}
    return {group: cells[group] for group in answers}


def area_cells(answers: Mapping[str, float]) -> dict[str, str]:
    """Return the cell of each area by the numbers of answers in the areas."""
    by_size = sorted(answers, key=lambda area: (answers[area], area))
    small = [area for area in by_size if answers[area] < SMALLEST_CELL]
    while small and len(small) < len(by_size) and sum(answers[area] for area in small) < SMALLEST_CELL:
        small.append(by_size[len(small)])
    return {area: REST if area in small else area for area in answers}


def _is_of(groups: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column).is_in(groups[column].unique().to_list()).fill_null(value=False)


def _told(answers: pl.DataFrame, groups: pl.DataFrame, column: str) -> float:
    """Return the share of the answers that tell a group of which the number of residents is known."""
    return float(answers.select(_is_of(groups, column).mean()).item())


def _part(records: pl.DataFrame, groups: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Part each record over the groups of residents that it may belong to; `<column>_of` names the group."""
    told = groups.select("residents", *(pl.col(column).alias(f"{column}_of") for column in columns))
    fits = [~_is_of(groups, column) | (pl.col(column) == pl.col(f"{column}_of")) for column in columns]
    parts = records.with_row_index("record").join(told, how="cross", maintain_order="left").filter(*fits)
    share = pl.col("residents") / pl.col("residents").sum().over("record")
    return parts.with_columns(base=pl.col("base") * share).drop("record", "residents")


def _collapsed(parted: pl.DataFrame, residents: pl.DataFrame, areas: pl.DataFrame | None, total: int) -> Weighable:
    """Name the cells and areas of the records, and count their residents."""
    of_group = _counts(parted, residents, ["age_group", "sex"])
    groups = age_sex_cells({(age, sex): count for age, sex, count in of_group.iter_rows()})
    place = pl.concat_str("age_group", "sex", separator="/")
    cell_of = {f"{age}/{sex}": cell for (age, sex), cell in groups.items()}
    controls = {"cell": _residents(residents, place, cell_of)}
    records = parted.with_columns(
        cell=pl.concat_str("age_group_of", "sex_of", separator="/").replace_strict(cell_of, return_dtype=pl.String)
    )
    is_collapsed = len(set(groups.values())) < len(groups)
    if areas is None:
        everywhere = records.with_columns(area_cell=pl.lit(_NO_AREA))
        controls["area_cell"] = {_NO_AREA: float(total)}
        return Weighable(everywhere, controls, total, BY_AGE_SEX, is_collapsed)
    area_of = area_cells(dict(_counts(parted, areas, ["area"]).iter_rows()))
    known = _residents(areas, pl.col("area"), area_of)
    # areas count residents of all ages, so they give the shares and the adults give the sum
    scale = total / sum(known.values())
    controls["area_cell"] = {area: count * scale for area, count in known.items()}
    named = records.with_columns(area_cell=pl.col("area_of").replace_strict(area_of, return_dtype=pl.String))
    is_collapsed |= len(set(area_of.values())) < len(area_of)
    return Weighable(named, controls, total, BY_AGE_SEX_AREA, is_collapsed)


def _counts(parted: pl.DataFrame, groups: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the number of answers in each group of residents, those that may belong to several in parts."""
    found = parted.select("base", *(pl.col(f"{column}_of").alias(column) for column in columns))
    counted = found.group_by(columns).agg(answers=pl.col("base").sum())
    all_groups = groups.select(columns).sort(columns).join(counted, on=columns, how="left", maintain_order="left")
    return all_groups.with_columns(pl.col("answers").fill_null(0))


def _residents(groups: pl.DataFrame, place: pl.Expr, cells: Mapping[str, str]) -> dict[str, float]:
    """Return the residents of each cell."""
    named = groups.select("residents", cell=place.replace_strict(cells, return_dtype=pl.String))
    summed = named.group_by("cell").agg(pl.col("residents").sum().cast(pl.Float64)).sort("cell")
    return dict(summed.iter_rows())
