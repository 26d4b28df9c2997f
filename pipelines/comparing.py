"""Rules that compare a row with other rows: its own history, its likes, its file, the register, the day it came.

Here belongs: which rows look so unlike the others that a person should look. Not here: what a row says of itself
(Great Expectations judges that in `pipelines.quality`), what is done with a row (`pipelines.staging`).

The rules only ask; their severity in the contracts is `warning`. Medians and median deviations are used, since the
faults looked for would pull a mean and a standard deviation towards themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.contract_model import Rule
from pipelines.linking import name_key

FEWEST_LIKES = 20
"""Fewer values than this have no usual range."""

ONE_DEVIATION = 1.4826
"""Times the median deviation of normally distributed values, their standard deviation."""

FILE_SHARE = 0.8
"""A file is of one year when this share of its dated rows is."""

FEWEST_ROWS_OF_A_FILE = 10


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the rows of a source.

    Attributes
    ----------
    associations
        Normalised names and Y-tunnus of the associations of the register; empty when no register has come.
    received
        The day on which each file came, by its hash.
    """

    associations: frozenset[str] = frozenset()
    received: Mapping[str, date] = field(default_factory=dict)


def failing(rule: Rule, frame: pl.DataFrame, known: Known) -> tuple[int, ...]:
    """Return the positions of the rows that a rule asks people to look at.

    Parameters
    ----------
    frame
        Typed columns of the contract, with `file_sha256`.
    """
    found = _COMPARISONS[rule.expectation](frame, known, **rule.arguments)
    return tuple(found.fill_null(value=False).arg_true().to_list())


def _near_own_history(
    frame: pl.DataFrame,
    _known: Known,
    column: str,
    who: str,
    when: str,
    times: float,
    least: float = 0,
    by: Sequence[str] = (),
) -> pl.Series:
    """Mark values that are many times larger or smaller than those that the same one told of other years.

    `least` is the smallest difference that is told: 2 and 20 members are ten times apart and no fault. Only positive
    values are compared: zero is told often and a correction is negative.
    """
    told = frame.select(
        _who(frame, who).alias("who"),
        _year(frame, when).alias("year"),
        _size(column).alias("value"),
        *by,
    ).with_row_index("row")
    keys = ["who", *by]
    others = told.drop_nulls("value").select(*keys, year_of="year", other="value")
    typical = (
        told.join(others, on=keys, nulls_equal=True)
        .filter(pl.col("year") != pl.col("year_of"))
        .group_by("row")
        .agg(typical=10 ** pl.col("other").log10().median())
    )
    joined = told.join(typical, on="row", how="left", maintain_order="left")
    value, usual = pl.col("value"), pl.col("typical")
    is_far = (pl.max_horizontal(value, usual) > times * pl.min_horizontal(value, usual)) & (
        (value - usual).abs() >= least
    )
    return joined.select(is_far).to_series()


def _within_usual_range(
    frame: pl.DataFrame, _known: Known, column: str, deviations: float, by: Sequence[str] = (), per: str | None = None
) -> pl.Series:
    """Mark positive values whose magnitude lies many median deviations from the median of their likes.

    With `per` the value is one for each of another column, such as hours for each person.
    """
    value = _size(column) / _size(per) if per else _size(column)
    size = frame.select(value.log10().alias("size"), *by)
    size = size.with_columns(distance=(pl.col("size") - _over(pl.col("size").median(), by)).abs())
    spread = ONE_DEVIATION * _over(pl.col("distance").median(), by)
    is_told = _over(pl.col("size").count(), by) >= FEWEST_LIKES
    return size.select(is_told & (spread > 0) & (pl.col("distance") > deviations * spread)).to_series()


def _year_of_its_file(frame: pl.DataFrame, _known: Known, column: str) -> pl.Series:
    """Mark rows of another year than nearly all rows of their file."""
    dated = frame.select("file_sha256", _year(frame, column).alias("year")).with_columns(
        usual=pl.col("year").drop_nulls().mode().min().over("file_sha256"),
        dated=pl.col("year").count().over("file_sha256"),
    )
    of_usual = (pl.col("year") == pl.col("usual")).sum().over("file_sha256")
    is_of_one_year = (pl.col("dated") >= FEWEST_ROWS_OF_A_FILE) & (of_usual >= FILE_SHARE * pl.col("dated"))
    return dated.select(is_of_one_year & (pl.col("year") != pl.col("usual"))).to_series()


def _told_once(frame: pl.DataFrame, _known: Known, who: str, columns: Sequence[str]) -> pl.Series:
    """Mark rows after the first that tell the same of the same one, however its name is written."""
    told = frame.select("file_sha256", _who(frame, who).alias("who"), *columns)
    return told.select(
        ~pl.struct("file_sha256", "who", *columns).is_first_distinct() & pl.col("who").is_not_null()
    ).to_series()


def _in_register(frame: pl.DataFrame, known: Known, column: str) -> pl.Series:
    """Mark a Y-tunnus that no association of the register has; without a register nothing is marked."""
    if not known.associations:
        return pl.Series([False] * frame.height)
    return frame.select(~pl.col(column).is_in(list(known.associations))).to_series()


def _not_after_receipt(frame: pl.DataFrame, known: Known, column: str) -> pl.Series:
    """Mark what is said to have happened after the file came; a year may be the one in which it came."""
    came = pl.DataFrame(
        {"file_sha256": known.received.keys(), "came": known.received.values()},
        schema={"file_sha256": pl.String, "came": pl.Date},
    )
    joined = frame.select("file_sha256", column).join(came, on="file_sha256", how="left", maintain_order="left")
    if frame[column].dtype.is_temporal():
        return joined.select(pl.col(column).cast(pl.Date) > pl.col("came")).to_series()
    return joined.select(pl.col(column) > pl.col("came").dt.year()).to_series()


def _who(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return who a row is of: its Y-tunnus, or else its normalised name."""
    key = name_key(pl.col(name))
    return pl.coalesce("business_id", key) if "business_id" in frame.columns else key


def _size(column: str) -> pl.Expr:
    value = pl.col(column).cast(pl.Float64)
    return pl.when(value > 0).then(value)


def _year(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return the year of a day, of a year, or of a text that begins with one (`2025M12`)."""
    if frame[column].dtype.is_temporal():
        return pl.col(column).dt.year().cast(pl.Int64)
    return pl.col(column).cast(pl.String).str.head(4).cast(pl.Int64, strict=False)


def _over(expression: pl.Expr, by: Sequence[str]) -> pl.Expr:
    return expression.over(by) if by else expression


_COMPARISONS: Mapping[str, Callable[..., pl.Series]] = {
    "near_own_history": _near_own_history,
    "within_usual_range": _within_usual_range,
    "year_of_its_file": _year_of_its_file,
    "told_once": _told_once,
    "in_register": _in_register,
    "not_after_receipt": _not_after_receipt,
}
