"""What is said of figures: titles, captions, changes, text alternatives.

Here belongs: turning values into sentences, and only what the edition supports: a sum told by some associations is
never said as the whole truth. Not here: numbers alone (`formats`), the look (`components`), the message at
the top of a page (`leads`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from dashboards.data import Edition
from dashboards.formats import NBSP, bare, day, euros, number, percent, quantity, span
from dashboards.rows import Change, IndicatorCard, Value
from dashboards.texts import say, tr, tr_n

_COUNTS = {"associations", "events", "meetings", "times"}


def verdict_shape(verdict: str) -> str:
    """Return the mark of a verdict, which goes with its word."""
    return {"usable": "●", "usable_with_care": "▲", "not_usable": "■"}[verdict]


def verdict_word(verdict: str) -> str:
    """Return the word of a verdict."""
    return {
        "usable": tr("Usable"),
        "usable_with_care": tr("Use with care"),
        "not_usable": tr("Not usable"),
    }[verdict]


def verdict_marked(verdict: str) -> str:
    """Return the word of a verdict behind its mark."""
    return f"{verdict_shape(verdict)}{NBSP}{verdict_word(verdict)}"


def status_word(status: str) -> str:
    """Return the word of a value's status."""
    return {"preliminary": tr("preliminary"), "final": tr("final"), "revised": tr("revised")}[status]


def breakdown_word(breakdown: str) -> str:
    """Return the name of a breakdown, as at the head of a column."""
    return {
        "purpose_group": tr("Purpose group"),
        "granting_body": tr("Granting body"),
        "grant_type": tr("Grant type"),
        "umbrella": tr("Umbrella organisation"),
        "support_part": tr("Part of the support"),
        "sector": tr("Sector"),
        "goal": tr("Common goal"),
        "means": tr("Means of participation"),
        "volunteer_form": tr("Form of volunteer work"),
        "channel": tr("Channel of information"),
        "end_reason": tr("Reason of ending"),
        "city_unit": tr("Unit of the town"),
        "work_kind": tr("Kind of work"),
        "premises": tr("Premises"),
        "forum": tr("Forum"),
        "directory": tr("Directory"),
        "age_group": tr("Age group"),
        "sex": tr("Sex"),
        "area": tr("Area"),
    }[breakdown]


def by_breakdown(breakdown: str) -> str:
    """Return how a breakdown follows a title: "by purpose group"."""
    return {
        "purpose_group": tr("by purpose group"),
        "granting_body": tr("by granting body"),
        "grant_type": tr("by grant type"),
        "umbrella": tr("by umbrella organisation"),
        "support_part": tr("by part"),
        "sector": tr("by sector"),
        "goal": tr("by common goal"),
        "means": tr("by means of participation"),
        "volunteer_form": tr("by form of volunteer work"),
        "channel": tr("by channel of information"),
        "end_reason": tr("by reason of ending"),
        "city_unit": tr("by unit of the town"),
        "work_kind": tr("by kind of work"),
        "premises": tr("by premises"),
        "forum": tr("by forum"),
        "directory": tr("by directory"),
        "age_group": tr("by age group"),
        "sex": tr("by sex"),
        "area": tr("by area"),
    }[breakdown]


def cell(edition: Edition, card: IndicatorCard, value: Value | None) -> str:
    """Write a value for a table or beside a label: with its unit, or why there is none."""
    if value is None or value.number is None:
        return why_empty(edition, value)
    return quantity(value.number, card)


def why_empty(edition: Edition, value: Value | None) -> str:
    """Say why there is no number."""
    if value is not None and value.is_hidden and edition.indicators[value.indicator_id].basis == "residents":
        return tr("hidden (protects small groups of residents)")
    if value is not None and value.is_hidden:
        return tr("hidden (protects groups of fewer than {k} associations)", k=edition.facts.disclosure_k)
    return tr("no data")


def told_word(card: IndicatorCard, value: Value) -> str:
    """Return what a figure is that is told by some of the associations."""
    if value.method == "reported_sum":
        return tr("Sum reported")
    return tr("Of those who answered") if card.unit_code == "share" else tr("Mean of those who answered")


def estimate_note(value: Value) -> str:
    """Return the words that mark an estimate after its title; empty for what is counted or told."""
    if not value.is_estimate:
        return ""
    word = tr("estimate")
    return f", {word}"


def told_sum(card: IndicatorCard, value: Value) -> str:
    """Say what those that answered told in all, beside an estimated total; empty for anything else."""
    if not value.is_estimate or card.kind == "share" or value.reported is None:
        return ""
    return tr("Reported by those who answered: {value}", value=quantity(value.reported, card))


def told_by(value: Value) -> str:
    """Say how many answered, of associations also of how many; empty for what is counted in full."""
    if value.is_of_term and value.n is not None:
        return tr_n("{n} resident answered", "{n} residents answered", value.n, n=number(value.n))
    if value.coverage_share is None or value.n is None or value.population is None:
        return ""
    return tr(
        "{n}/{population} associations answered (coverage {share})",
        n=number(value.n),
        population=number(value.population),
        share=percent(value.coverage_share),
    )


def parameters(edition: Edition, card: IndicatorCard) -> list[str]:
    """Say on which named numbers a figure rests besides its data: the price of an hour, the year of the money."""
    said = []
    for found in edition.parameters:
        if found.indicator_id != card.indicator_id:
            continue
        if found.parameter == "price_year":
            series = edition.source_title(found.source)
            said.append(tr("In the money of {year} ({series}).", year=f"{found.value:.0f}", series=series))
            continue
        said.append(
            tr(
                "An hour of staff work costs {rate} from {day} on (source: {source}).",
                rate=euros(found.value, 2),
                day=day(found.valid_from),
                source=found.source,
            )
        )
    return said


def headline(edition: Edition, card: IndicatorCard) -> str:
    """Say what is seen of an indicator: newest figure and, where the edition compares it, its change."""
    value = edition.latest(card.indicator_id)
    title = say(card.title)
    if value is None:
        return tr("{title}: no data", title=title)
    if value.number is None:
        return tr("{title} {year}: {why}", title=title, year=value.when, why=why_empty(edition, value))
    amount = quantity(value.number, card)
    if value.shown == "reported":
        return _told(card, value, amount)
    if value.is_estimate:
        amount = tr("estimate {value}", value=amount)
    change = edition.change(value)
    if change is None:
        return tr("{title} {year}: {value}", title=title, year=value.when, value=amount)
    return tr(
        "{title} {year}: {value}, {change}",
        title=title,
        year=value.when,
        value=amount,
        change=change_words(card, change),
    )


def _told(card: IndicatorCard, value: Value, amount: str) -> str:
    words = {"title": say(card.title), "year": value.when, "value": amount}
    if value.method == "reported_mean" and card.unit_code == "share":
        return tr("{title} {year}: {value} of those who answered", **words)
    if value.method == "reported_mean":
        return tr("{title} {year}: mean of those who answered {value}", **words)
    if value.n is None:
        return tr("{title} {year}: {value} reported", **words)
    return tr_n(
        "{title} {year}: {n} association reported {value}",
        "{title} {year}: {n} associations reported {value} in all",
        value.n,
        n=number(value.n),
        **words,
    )


def change_words(card: IndicatorCard, change: Change) -> str:
    """Say the change against the year or council term before in a few words."""
    if change.direction == "not_comparable":
        against = (
            tr("the term {term}", term=change.since) if change.is_of_term else tr("year {year}", year=change.since)
        )
        return tr("not compared with {before}", before=against)
    since = tr("from the term {term}", term=change.since) if change.is_of_term else tr("from {year}", year=change.since)
    if change.direction == "no_clear_change":
        return tr("no clear change {since}", since=since)
    words = {"amount": change_amount(card, change), "since": since}
    return tr("up {amount} {since}", **words) if change.direction == "rose" else tr("down {amount} {since}", **words)


def change_amount(card: IndicatorCard, change: Change) -> str:
    """Write the size of a change without its sign: percents, or points where the figure is a share or a grade."""
    if card.unit_code == "share":
        return tr("{n} percentage points", n=number(abs(change.change or 0) * 100, card.decimals or 1))
    if card.unit_code in _COUNTS and _is_small(change):  # percents would mislead
        return quantity(abs(change.change or 0), card)
    if card.unit_code in {"grade", "per_1000"} or change.change_share is None:
        return number(abs(change.change or 0), card.decimals)
    return percent(abs(change.change_share), 0 if abs(change.change_share) >= 0.1 else 1)


def _is_small(change: Change) -> bool:
    """Tell whether the count before was under a hundred, or is not known."""
    return not change.change_share or abs((change.change or 0) / change.change_share) < 100


def change_arrow(change: Change) -> str:
    """Return the mark of a change's direction; the words stand beside it."""
    return {"rose": "↑", "fell": "↓", "no_clear_change": "≈"}.get(change.direction, "–")


def interval(card: IndicatorCard, value: Value) -> str:
    """Say the 95% interval of an estimate; empty where there is none."""
    if value.lower is None or value.upper is None:
        return ""
    return tr("95% interval {bounds}", bounds=span(value.lower, value.upper, card))


def bounds(card: IndicatorCard, value: Value) -> str:
    """Write the bounds of the 95% interval without unit; empty where there is none."""
    if value.lower is None or value.upper is None:
        return ""
    return f"{bare(value.lower, card)}–{bare(value.upper, card)}"


def pointed_at(edition: Edition, card: IndicatorCard, value: Value) -> str:
    """Say what a value is when a chart is pointed at; lines parted by `<br>`."""
    lines = [f"<b>{value.when}: {cell(edition, card, value)}</b>", interval(card, value), told_sum(card, value)]
    lines.append(told_by(value))
    if value.is_preliminary:
        lines.append(status_word(value.status))
    lines.append(verdict_word(value.verdict))
    return "<br>".join(line for line in lines if line)


def alternative(edition: Edition, card: IndicatorCard) -> str:
    """Say in words what a chart of an indicator shows: range of years, extremes, newest, breaks."""
    known = [value for value in edition.series(card.indicator_id) if value.number is not None]
    if not known:
        return tr("{title}: no data", title=say(card.title))
    highest = max(known, key=lambda value: value.number or 0)
    lowest = min(known, key=lambda value: value.number or 0)
    sentences = [
        headline(edition, card) + ".",
        _what_it_spans(known),
        tr(
            "Largest {high} in {high_year}, smallest {low} in {low_year}.",
            high=cell(edition, card, highest),
            high_year=highest.when,
            low=cell(edition, card, lowest),
            low_year=lowest.when,
        ),
    ]
    sentences += [
        tr("The series breaks on {day}.", day=day(found.breaks_on)) for found in edition.breaks_of(card.indicator_id)
    ]
    return " ".join(sentences)


def _what_it_spans(known: Sequence[Value]) -> str:
    if known[0].is_of_term:
        return tr("The chart shows the council terms {terms}.", terms=", ".join(value.when for value in known))
    return tr("The chart shows the years {first}–{last}.", first=known[0].when, last=known[-1].when)


def source_line(edition: Edition, card: IndicatorCard) -> str:
    """Say where the figures come from and how new they are."""
    titles = ", ".join(edition.source_title(source) for source in card.sources)
    return tr("Source: {sources}. Data until {day}.", sources=titles, day=day(edition.facts.data_until))


def next_update(edition: Edition, today: date) -> str:
    """Say which source is due first, or late; empty when no contract tells when."""
    expected = sorted((state.next_due_on, say(state.title)) for state in edition.sources if state.next_due_on)
    if not expected:
        return ""
    due, source = expected[0]
    if due < today:
        return tr("Data was due by {day} and has not come: {source}.", day=day(due), source=source)
    return tr("Next data is due by {day}: {source}.", day=day(due), source=source)


def direction_words(card: IndicatorCard) -> str:
    """Say which way is better."""
    return {
        "up": tr("Growth is good."),
        "down": tr("A decrease is good."),
        "none": tr("Neither growth nor decrease is good in itself."),
    }[card.direction]


def least_change(card: IndicatorCard) -> str:
    """Say which difference is called a change."""
    if card.basis in {"returns", "residents"}:
        return tr("A difference is a change when it is larger than the uncertainty of the answers (95 %).")
    return tr(
        "A difference is a change when it is at least {share} of the figure before.", share=percent(card.materiality)
    )


def protection(edition: Edition, card: IndicatorCard) -> str:
    """Say whose small groups are protected."""
    return {
        "none": tr("The figure tells nothing of single people or associations; nothing is hidden."),
        "associations": tr(
            "Figures told by fewer than {k} associations are hidden, and so is what would give them away.",
            k=edition.facts.disclosure_k,
        ),
        "residents": tr("Figures of small groups of residents are hidden, and so is what would give them away."),
    }[card.disclosure]


def reconciliation_word(state: str) -> str:
    """Return the word of how the grant ledger and the books agree."""
    return {
        "agrees": tr("agrees"),
        "explained": tr("difference explained"),
        "unexplained": tr("difference not explained"),
        "no_books": tr("no books"),
    }[state]


def umbrella_count(edition: Edition) -> str:
    """Write how many registered associations belong to an umbrella organisation; empty when it is not known."""
    value = edition.latest("umbrella_coverage_share")
    if value is None or value.number is None or value.population is None:
        return ""
    return number(round(value.number * value.population))


def money(value: Decimal | None) -> str:
    """Write an exact sum of a table to the cent, or that there is none."""
    return tr("no data") if value is None else euros(value, 2)
