"""Charts that can be pointed at: one Plotly figure of a series of years.

Here belongs: turning the rows of one indicator into a figure. Not here: titles, captions and text alternatives
(`sentences`), small pictures without interaction (`pictures`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go  # type: ignore[import-untyped]

from dashboards.formats import bare, on_scale, quantity, scale_of, separators, unit_marks
from dashboards.rows import CouncilTerm, IndicatorCard, SeriesBreak, Value
from dashboards.texts import tr
from dashboards.theme import ACCENT, INK, PALE, QUIET, TEMPLATE, WHITE

HEIGHT = 300
_UNDER_LABEL = 5  # years that the label of the newest value may stand above on a narrow screen

_FILL = {"usable": ACCENT, "usable_with_care": ACCENT, "not_usable": PALE}
_HATCH = {"usable": "", "usable_with_care": "", "not_usable": "/"}


def trend(
    card: IndicatorCard,
    series: Sequence[Value],
    breaks: Sequence[SeriesBreak],
    describe: Callable[[Value], str],
    targets: Sequence[tuple[CouncilTerm, float]] = (),
) -> go.Figure:
    """Draw an indicator over the years.

    Flows and sums told by associations are bars, stocks and shares lines, means of answers and surveys of council terms
    points: only what is comparable from year to year is joined by a line, and a line stops at a series break.

    Parameters
    ----------
    card
        The indicator.
    series
        Its yearly values, oldest first; hidden and missing ones leave a gap.
    breaks
        Its series breaks, drawn as a line before the first year of the new series.
    describe
        What is said of a value when it is pointed at.
    targets
        Targets of council terms in the card's unit, drawn over the years of their term.
    """
    known = [value for value in series if value.number is not None]
    figure = go.Figure(layout={"template": TEMPLATE, "height": HEIGHT, "separators": "".join(separators())})
    if card.kind == "flow":
        _add_bars(figure, card, known, describe)
    elif all(value.shown == "value" and not value.is_of_term for value in known):
        for segment in _segments(known, breaks):
            _add_interval(figure, card, segment)
        for segment in _segments(known, breaks):
            _add_line(figure, card, segment, describe)
    else:
        _add_points(figure, card, known, describe)
    _add_breaks(figure, known, breaks)
    drawn = _within(known, targets)
    _add_targets(figure, card, drawn, known)
    _label_last(figure, card, known, drawn)
    if known:
        figure.update_xaxes(**_axis(known))
        floor, ceiling = scale_of(card)
        before, after = unit_marks(card)
        highest = max([_top(card, known), *(on_scale(target, card) for _, target in drawn)])
        top = ceiling or highest * 1.18 or 1
        figure.update_yaxes(range=[floor, top], tickprefix=before, ticksuffix=after)
    return figure


def _axis(known: Sequence[Value]) -> dict[str, object]:
    first, last = known[0].year, known[-1].year
    if not known[-1].is_of_term:
        return {"range": [first - 0.6, last + 0.6], "tick0": last, "dtick": 2}
    return {
        "range": [first - 2, last + 2],
        "tickvals": [value.year for value in known],
        "ticktext": [value.when for value in known],
    }


def _top(card: IndicatorCard, known: Sequence[Value]) -> float:
    return max(on_scale(value.upper or value.number or 0.0, card) for value in known)


def _heights(card: IndicatorCard, values: Sequence[Value]) -> list[float]:
    return [on_scale(value.number or 0.0, card) for value in values]


def _add_bars(figure: go.Figure, card: IndicatorCard, known: Sequence[Value], describe: Callable[[Value], str]) -> None:
    figure.add_bar(
        x=[value.year for value in known],
        y=_heights(card, known),
        width=0.7,
        marker={
            "color": [_FILL[value.verdict] for value in known],
            "pattern": {
                "shape": [_HATCH[value.verdict] or ("." if value.is_preliminary else "") for value in known],
                "fgcolor": WHITE,
                "size": 6,
            },
        },
        error_y=_error_bars(card, known),
        hovertext=[describe(value) for value in known],
        hoverinfo="text",
        cliponaxis=False,
    )


def _error_bars(card: IndicatorCard, known: Sequence[Value]) -> dict[str, object]:
    """Draw the 95% interval of each estimate; nothing where nothing is estimated."""
    if all(value.lower is None for value in known):
        return {"visible": False}
    above = [on_scale((value.upper or value.number or 0.0) - (value.number or 0.0), card) for value in known]
    below = [on_scale((value.number or 0.0) - (value.lower or value.number or 0.0), card) for value in known]
    return {
        "type": "data",
        "symmetric": False,
        "array": above,
        "arrayminus": below,
        "color": INK,
        "thickness": 1.5,
        "width": 5,
    }


def _add_line(
    figure: go.Figure, card: IndicatorCard, segment: Sequence[Value], describe: Callable[[Value], str]
) -> None:
    figure.add_scatter(
        x=[value.year for value in segment],
        y=_heights(card, segment),
        mode="lines+markers",
        line={"color": ACCENT, "width": 3},
        marker={
            "size": 9,
            "color": [WHITE if value.is_preliminary else ACCENT for value in segment],
            "line": {"color": ACCENT, "width": 2},
        },
        hovertext=[describe(value) for value in segment],
        hoverinfo="text",
        cliponaxis=False,
    )


def _add_points(
    figure: go.Figure, card: IndicatorCard, known: Sequence[Value], describe: Callable[[Value], str]
) -> None:
    figure.add_scatter(
        x=[value.year for value in known],
        y=_heights(card, known),
        mode="markers",
        marker={
            "size": 12,
            "symbol": ["x-thin" if value.verdict == "not_usable" else "circle" for value in known],
            "color": [_FILL[value.verdict] for value in known],
            "line": {"width": 2, "color": [QUIET if value.verdict == "not_usable" else ACCENT for value in known]},
        },
        error_y=_error_bars(card, known),
        hovertext=[describe(value) for value in known],
        hoverinfo="text",
        cliponaxis=False,
    )


def _add_interval(figure: go.Figure, card: IndicatorCard, known: Sequence[Value]) -> None:
    sampled = [value for value in known if value.lower is not None and value.upper is not None]
    if not sampled:
        return
    years = [value.year for value in sampled]
    uppers = [on_scale(value.upper or 0.0, card) for value in sampled]
    lowers = [on_scale(value.lower or 0.0, card) for value in sampled]
    figure.add_scatter(
        x=[*years, *reversed(years)],
        y=[*uppers, *reversed(lowers)],
        fill="toself",
        fillcolor="rgba(42, 110, 187, 0.16)",
        line={"width": 1, "color": ACCENT},
        hoverinfo="skip",
    )


def _segments(known: Sequence[Value], breaks: Sequence[SeriesBreak]) -> list[list[Value]]:
    """Part the values where a series breaks and where a year is missing: no line is drawn over what is not known."""
    first_years = {found.breaks_on.year for found in breaks}
    segments: list[list[Value]] = []
    for value in known:
        follows = segments and value.year == segments[-1][-1].year + 1
        if follows and value.year not in first_years:
            segments[-1].append(value)
        else:
            segments.append([value])
    return segments


def _add_breaks(figure: go.Figure, known: Sequence[Value], breaks: Sequence[SeriesBreak]) -> None:
    for found in breaks:
        if not known or not known[0].year < found.breaks_on.year <= known[-1].year:
            continue
        figure.add_vline(x=found.breaks_on.year - 0.5, line={"color": QUIET, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=found.breaks_on.year - 0.5,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=tr("The series breaks"),
            showarrow=False,
            font={"size": 13, "color": QUIET},
        )


def _within(known: Sequence[Value], targets: Sequence[tuple[CouncilTerm, float]]) -> list[tuple[CouncilTerm, float]]:
    """Return the targets of the terms that the drawn years reach, the oldest first."""
    reached = [
        (term, target)
        for term, target in targets
        if known and term.first_year <= known[-1].year and known[0].year <= term.last_year
    ]
    return sorted(reached, key=lambda of_term: of_term[0].first_year)


def _add_targets(
    figure: go.Figure,
    card: IndicatorCard,
    targets: Sequence[tuple[CouncilTerm, float]],
    known: Sequence[Value],
) -> None:
    """Draw each target as a dashed line over its term: the newest is named, an earlier one has its number alone.

    A label stands on the side where the values are not; two whole ones would cover each other on a narrow screen.
    """
    named: float | None = None
    for term, target in targets:
        left, right = max(term.first_year - 0.5, known[0].year - 0.6), min(term.last_year + 0.5, known[-1].year + 0.6)
        height = on_scale(target, card)
        figure.add_shape(
            type="line",
            x0=left,
            x1=right,
            y0=height,
            y1=height,
            line={"color": INK, "width": 2, "dash": "dash"},
        )
        is_newest = term == targets[-1][0]
        if not is_newest and target in {named, targets[-1][1]}:
            continue
        named = target
        at_end = is_newest and right - left < _UNDER_LABEL
        figure.add_annotation(
            x=right if at_end else left,
            y=height,
            text=f"{tr('Target')} {_short(target, card)}" if is_newest else _short(target, card),
            showarrow=False,
            xanchor="right" if at_end else "left",
            yanchor="top" if _newest(known, term) >= target else "bottom",
            font={"size": 13, "color": INK},
            bgcolor="rgba(255, 255, 255, 0.8)",
        )


def _short(target: float, card: IndicatorCard) -> str:
    """Write a target; a unit that is a word stands over the chart and would cover the line on a narrow screen."""
    return quantity(target, card) if card.unit_code in {"EUR", "share"} else bare(target, card)


def _newest(known: Sequence[Value], term: CouncilTerm) -> float:
    """Return the newest value of a term, of the years before where it has none yet."""
    return [value.number or 0.0 for value in known if value.year <= term.last_year][-1]


def _label_last(
    figure: go.Figure, card: IndicatorCard, known: Sequence[Value], targets: Sequence[tuple[CouncilTerm, float]]
) -> None:
    """Write the newest value over its line, or under it where a target that is not reached takes the place above."""
    if not known:
        return
    last = known[-1]
    is_under = card.kind != "flow" and any(
        term.first_year <= last.year <= term.last_year and target > (last.number or 0.0) for term, target in targets
    )
    near = known[-_UNDER_LABEL:]
    under = min(on_scale(value.number or 0.0 if value.lower is None else value.lower, card) for value in near)
    over = max(on_scale(value.upper or value.number or 0.0, card) for value in near)
    text = f"<b>{quantity(last.number or 0.0, card)}</b>"
    figure.add_annotation(
        x=last.year + 0.5,
        y=under if is_under else over,
        text=tr("{value} (preliminary)", value=text) if last.is_preliminary else text,
        showarrow=False,
        xanchor="right",
        yanchor="top" if is_under else "bottom",
        yshift=-8 if is_under else 8,
        font={"size": 15, "color": INK if last.verdict != "not_usable" else QUIET},
        bgcolor="rgba(255, 255, 255, 0.8)",
        bordercolor="rgba(255, 255, 255, 0)",
    )
