"""What is said of a council term: changes from the baseline, targets, groups of indicators.

Here belongs: the words of a term's figures, and the message at the top of its page and its sheet. Not here: words of
yearly figures (`sentences`), the look (`components`, `term_tables`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from dashboards import sentences
from dashboards.data import Edition
from dashboards.formats import bare, day, quantity, span
from dashboards.rows import CouncilTerm, IndicatorCard, TermValue, TermYear
from dashboards.texts import say, tr, tr_n

Turn = Literal["better", "worse", "neutral"]
Followed = tuple[IndicatorCard, TermValue]
"""An indicator and what became of it in the term."""


def followed(edition: Edition, term: CouncilTerm) -> list[Followed]:
    """Return the indicators of a term in the catalogue's order."""
    return [
        (card, edition.term_values[card.indicator_id, term.term_id])
        for card in edition.indicators.values()
        if (card.indicator_id, term.term_id) in edition.term_values
    ]


def term_to_show(edition: Edition) -> str:
    """Return the council term that a page shows first: the newest that has figures, else the newest."""
    with_figures = {row.term_id for row in edition.term_values.values() if row.latest is not None}
    return next((term for term in edition.terms if term in with_figures), next(iter(edition.terms)))


def lead(edition: Edition, term: CouncilTerm) -> str:
    """Say how many indicators rose, fell, did not clearly change or can't be told, and how the targets stand."""
    rows = [row for _, row in followed(edition, term)]
    if all(row.latest is None for row in rows):
        return tr("There are no figures of the council term {term} yet.", term=term.label)
    directions = Counter(row.direction for row in rows)
    told = tr(
        "{rose} of {n} indicators rose in the council term {term}, {fell} fell and {same} did not clearly change. "
        "For {unknown} the change can't be told.",
        term=term.label,
        n=len(rows),
        rose=directions["rose"],
        fell=directions["fell"],
        same=directions["no_clear_change"],
        unknown=directions["not_comparable"],
    )
    return " ".join(sentence for sentence in (told, _targets(rows), _how_far(rows, term)) if sentence)


def _targets(rows: Sequence[TermValue]) -> str:
    states = Counter(row.target_state for row in rows if row.target is not None)
    if not states:
        return tr("No targets have been set for the term.")
    words = {
        "reached": tr("{n} reached", n=states["reached"]),
        "open": tr("{n} not yet", n=states["open"]),
        "missed": tr("{n} missed", n=states["missed"]),
        "unknown": tr("{n} can't be told", n=states["unknown"]),
    }
    told = ", ".join(word for state, word in words.items() if states[state])
    return tr_n(
        "There is {n} target: {told}.", "There are {n} targets: {told}.", states.total(), n=states.total(), told=told
    )


def _how_far(rows: Sequence[TermValue], term: CouncilTerm) -> str:
    newest = max((row.latest_period for row in rows if row.latest_period and row.latest_period.isdigit()), default="")
    if not newest or int(newest) >= term.last_year:
        return ""
    return tr("The term is not over: the newest figures are of the year {year}.", year=newest)


def group_title(group: str) -> str:
    """Return the title of a group of the catalogue."""
    return {
        "volunteering": tr("Volunteering and members"),
        "events": tr("Events"),
        "city": tr("Time, help and premises of the town"),
        "grants": tr("Grants"),
        "residents": tr("Survey of residents"),
        "cooperation": tr("Survey of associations"),
        "participation": tr("Participation and annual clock"),
        "associations": tr("Associations"),
    }[group]


def amount(card: IndicatorCard, value: float | None) -> str:
    """Write a figure for a column whose row names the unit; percent and euro stand with the number."""
    if value is None:
        return "–"
    return quantity(value, card) if card.unit_code in {"share", "EUR"} else bare(value, card)


def whole(card: IndicatorCard, value: float | None) -> str:
    """Write a figure with its unit, a dash where there is none."""
    return "–" if value is None else quantity(value, card)


def verdict(row: TermValue) -> str:
    """Write the verdict with its mark."""
    return sentences.verdict_marked(row.verdict)


def unit_note(card: IndicatorCard) -> str:
    """Return the unit as it stands under a title; empty where it stands with the number."""
    return "" if card.unit_code in {"share", "EUR"} else say(card.unit)


def bounds(card: IndicatorCard, lower: float | None, upper: float | None) -> str:
    """Write a 95% interval; empty where there is none."""
    if lower is None or upper is None:
        return ""
    return tr("95% interval {bounds}", bounds=span(lower, upper, card))


def when(period: str | None, status: str | None = None) -> str:
    """Write a period, and that its figure is preliminary."""
    if period is None:
        return ""
    written = period.replace("-", "–")
    return f"{written}, {sentences.status_word(status)}" if status == "preliminary" else written


def change_word(card: IndicatorCard, row: TermValue) -> str:
    """Say the change over the term in two or three words."""
    if row.direction == "not_comparable":
        return tr("can't be told")
    if row.direction == "no_clear_change":
        return tr("no clear change")
    size = sentences.change_amount(card, row.against_baseline)
    return tr("rose {amount}", amount=size) if row.direction == "rose" else tr("fell {amount}", amount=size)


def change_mark(row: TermValue) -> str:
    """Return the mark that goes with `change_word`."""
    return sentences.change_arrow(row.against_baseline)


def turn(card: IndicatorCard, row: TermValue) -> Turn:
    """Tell whether a clear change went the way that the card calls good."""
    moved = {"rose": "up", "fell": "down"}.get(row.direction)
    if moved is None or card.direction == "none":
        return "neutral"
    return "better" if moved == card.direction else "worse"


def turn_word(card: IndicatorCard, row: TermValue) -> str:
    """Say which way the change went; empty where neither way is good or nothing clear changed."""
    return {"better": tr("for the better"), "worse": tr("for the worse"), "neutral": ""}[turn(card, row)]


def change_reason(edition: Edition, row: TermValue) -> str:
    """Say why the change is what it is or can't be told; a break with its day."""
    if row.broken_on is not None:
        return tr("The series breaks on {day}.", day=day(row.broken_on))
    return edition.message(row.change_reason)


def target_word(row: TermValue) -> str:
    """Say what became of a target; empty where there is none."""
    return {
        "none": "",
        "reached": tr("reached"),
        "open": tr("not yet reached"),
        "missed": tr("missed"),
        "unknown": tr("can't be told"),
    }[row.target_state]


def target_mark(row: TermValue) -> str:
    """Return the mark that goes with `target_word`."""
    return {"none": "", "reached": "●", "open": "▲", "missed": "■", "unknown": "–"}[row.target_state]


def target_set(row: TermValue) -> str:
    """Say who set the target, when and where; empty where there is none."""
    if row.target is None or row.target_set_on is None:
        return ""
    return tr(
        "{owner}, {day}: {decision}",
        owner=row.target_owner or "",
        day=day(row.target_set_on),
        decision=row.target_decided_in or "",
    )


def path(card: IndicatorCard, row: TermValue) -> str:
    """Write baseline and newest figure after each other: `2020: 52 003 → 2024: 95 837 tuntia`."""
    if row.latest is None:
        return ""
    latest = f"{when(row.latest_period, row.latest_status)}: {quantity(row.latest, card)}"
    if row.baseline is None:
        return latest
    return f"{when(row.baseline_period)}: {amount(card, row.baseline)} → {latest}"


def alternative(edition: Edition, card: IndicatorCard, term: CouncilTerm, row: TermValue) -> str:
    """Say in words what the picture of an indicator shows."""
    title = say(card.title)
    told = [period for period in edition.term_years.get((card.indicator_id, term.term_id), ()) if _is_told(period)]
    figures = ", ".join(f"{when(period.period)} {amount(card, period.value)}" for period in told)
    parts = [tr("{title}, council term {term}: {figures}.", title=title, term=term.label, figures=figures)]
    if row.target is not None:
        parts.append(tr("Target {value}.", value=quantity(row.target, card)))
    return " ".join(parts)


def _is_told(period: TermYear) -> bool:
    return period.value is not None
