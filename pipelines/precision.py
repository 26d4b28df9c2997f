"""Precision: how finely figures that rest on a sample are published.

Here belongs: the one rule that rounds them, and the public columns it is for. Not here: which figures are hidden
(`pipelines.disclosure`), how a number is written for people (`dashboards.formats`).

An estimate is told no finer than its interval allows: in steps of 1, 2 or 5 and zeros, the greatest such step that is
no wider than a quarter of the interval. 93 803 ± 9 900 is 94 000, and rounding moves a number by an eighth of its
interval at the most. What lies beyond says nothing about the town, but much about the answers that the estimate was
made of: an exact weighted mean next to the plain one is a second equation about the groups that are hidden (decision
0015). Steps of powers of ten alone could be a fortieth of the interval, too fine for that. A number without an
interval, or of which nothing is uncertain, is counted and stays exact; so does what stands in the analysts' file.

A bound of a change that is not zero is not published as zero either, for then "rose" would stand beside an interval
that holds no change at all. It becomes half a step, on its own side of zero: no further from the bound than any other
rounding, and it tells no more than the word of the direction did.
"""

from __future__ import annotations

from collections.abc import Mapping


def told(number: str, width: str, *, keeps_side: bool = False) -> str:
    """Return the SQL expression that rounds a number to what an interval of this width allows.

    Parameters
    ----------
    number, width
        SQL expressions; of the number, and of how wide its 95 % interval is, in the same unit.
    keeps_side
        What is not zero becomes half a step where it would be rounded to zero.
    """
    quarter = f"(({width}) / 4)"
    exponent = f"CAST(floor(log10({quarter})) AS INTEGER)"
    first = f"{quarter} / power(10, {exponent})"
    step = f"(CASE WHEN {first} < 2 THEN 1 WHEN {first} < 5 THEN 2 ELSE 5 END)"
    rounded = f"round(round({number} / {step}, -{exponent}) * {step}, -{exponent})"
    if keeps_side:
        half = f"round({step} / 2 * power(10, {exponent}), 1 - {exponent})"
        rounded = f"CASE WHEN {rounded} = 0 THEN sign({number}) * {half} ELSE {rounded} END"
    return f"CASE WHEN ({width}) > 0 THEN {rounded} + 0 ELSE {number} END"  # + 0: no minus zero


def _interval(lower: str, upper: str, *others: str) -> dict[str, str]:
    """Return the expressions of the bounds and of other numbers that are as sure as they."""
    return {name: told(f"whole.{name}", f"whole.{upper} - whole.{lower}") for name in (lower, upper, *others)}


def _change(lower: str, upper: str, change: str) -> dict[str, str]:
    """Return the expressions of a change and of its bounds, which keep their side of zero."""
    width = f"whole.{upper} - whole.{lower}"
    bounds = {name: told(f"whole.{name}", width, keeps_side=True) for name in (lower, upper)}
    return bounds | {change: told(f"whole.{change}", width)}


def _share(share: str, change: str, lower: str, upper: str) -> str:
    """Return the expression of a change as a share of a figure, which is as sure as the change."""
    width = f"(whole.{upper} - whole.{lower}) * abs(whole.{share} / nullif(whole.{change}, 0))"
    return told(f"whole.{share}", width)


_LATEST = _interval("latest_lower", "latest_upper", "latest")

PUBLISHED: Mapping[str, Mapping[str, str]] = {
    "marts.indicator_values": _interval("lower", "upper", "value"),
    "marts.indicator_changes": {
        **_change("lower", "upper", "change"),
        "change_share": _share("change_share", "change", "lower", "upper"),
    },
    "marts.term_years": _interval("lower", "upper", "value"),
    "marts.term_values": {
        **_interval("baseline_lower", "baseline_upper", "baseline"),
        **_LATEST,
        **_change("change_lower", "change_upper", "change"),
        "change_share": _share("change_share", "change", "change_lower", "change_upper"),
        # rounded by itself it would tell the newest figure a second time, on a grid that the target has shifted
        "target_gap": f"CASE WHEN whole.target_gap IS NOT NULL THEN {_LATEST['latest']} - whole.target END",
    },
}
"""Table to column to what a public file holds instead, as an SQL expression over the row (`whole`)."""
