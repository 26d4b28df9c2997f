"""The one message at the top of each page.

Here belongs: a function a page that says in two or three sentences what the page shows. Not here: sentences about a
single figure (`sentences`). A sentence whose figure is missing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dashboards.data import Edition
from dashboards.formats import number, percent, quantity
from dashboards.rows import Origin, Value
from dashboards.sentences import cell, change_words, interval, umbrella_count
from dashboards.texts import say, tr, tr_n


def overview(edition: Edition) -> str:
    """Say how the field, the grants and the co-operation stand."""
    registered, active = (_known(edition, name) for name in ("registered_associations", "active_associations"))
    field = ""
    if registered and active:
        field = tr(
            "At the end of {year} there were {registered} registered associations, of which {active} were active.",
            year=registered.when,
            registered=number(registered.number or 0),
            active=number(active.number or 0),
        )
    return _joined([field, _grants(edition), _grade(edition)])


def origin(edition: Edition, name: str, value: Value, origins: Sequence[Origin]) -> str:
    """Say what a figure is, and from which sources and how many rows it was counted."""
    card = edition.indicators[value.indicator_id]
    sentences = [f"{name}: {cell(edition, card, value)}."]
    sources = sorted({edition.source_title(found.source) for found in origins})
    if sources:
        sentences.append(tr("It comes from: {sources}.", sources=", ".join(sources)))
    return _joined(sentences)


def associations(edition: Edition) -> str:
    """Say how many associations there are, act and belong to an umbrella organisation."""
    months = edition.facts.active_within_months
    return _joined(
        [
            _if_known(
                edition,
                "registered_associations",
                lambda words: tr("{n} associations were in the register at the end of {year}.", **words),
            ),
            _if_known(
                edition,
                "active_associations",
                lambda words: tr(
                    "{n} of them have shown activity within {months} months.", **{**words, "months": months}
                ),
            ),
            _if_known(
                edition,
                "umbrella_coverage_share",
                lambda words: tr(
                    "{n} ({share}) belong to at least one umbrella organisation.",
                    **{**words, "n": umbrella_count(edition)},
                ),
            ),
        ]
    )


def volunteering(edition: Edition) -> str:
    """Say what the associations told of their volunteer work, and how many told."""
    return _joined([_told(edition, "volunteer_hours"), _how_many_answered(edition, "volunteer_hours")])


def events(edition: Edition) -> str:
    """Say how many events the associations told of, and how many were joint ones."""
    return _joined(
        [
            _told(edition, "association_events"),
            _if_known(edition, "joint_events", lambda words: tr("Joint events with the town: {value}.", **words)),
            _how_many_answered(edition, "association_events"),
        ]
    )


def grants(edition: Edition) -> str:
    """Say what was awarded, and how much that is of the budget and for a resident."""
    return _joined(
        [
            _grants(edition),
            _if_known(
                edition,
                "grants_share_of_budget",
                lambda words: tr("In {year} grants were {value} of the operating expenses of the budget.", **words),
            ),
            _if_known(
                edition,
                "grants_per_resident_eur",
                lambda words: tr("For a resident that is {value} ({year}).", **words),
            ),
        ]
    )


def city(edition: Edition) -> str:
    """Say how much the town worked for associations, and what its premises were used and worth."""
    return _joined(
        [
            _if_known(
                edition,
                "city_staff_hours",
                lambda words: tr("In {year} the town's units used {value} on work with associations.", **words),
            ),
            _if_known(
                edition,
                "premises_hours",
                lambda words: tr("Associations had the town's premises for {value} ({year}).", **words),
            ),
            _if_known(
                edition,
                "premises_support_eur",
                lambda words: tr("What they paid less than the list price is worth {value} ({year}).", **words),
            ),
        ]
    )


def participation(edition: Edition) -> str:
    """Say how often the forums met and how much of the annual clock was done."""
    return _joined(
        [
            _if_known(
                edition,
                "forum_meetings",
                lambda words: tr("The forums of associations and the town met {n} times in {year}.", **words),
            ),
            _if_known(
                edition,
                "annual_clock_done_share",
                lambda words: tr("{share} of the tasks of the annual clock were done in {year}.", **words),
            ),
        ]
    )


def cooperation(edition: Edition) -> str:
    """Say which grade co-operation got and whether it works, and what residents say of taking part."""
    return _joined(
        [
            _grade(edition),
            _if_known(
                edition,
                "cooperation_works_share",
                lambda words: tr("{share} of them say that co-operation works ({year}).", **words),
            ),
            _how_many_answered(edition, "cooperation_grade"),
            _residents(edition),
        ]
    )


def quality(edition: Edition) -> str:
    """Say how many rows were read, kept and set aside, and how many checks found something."""
    read, staged, aside = (
        sum(getattr(source, field) or 0 for source in edition.sources)
        for field in ("rows_read", "rows_staged", "rows_quarantined")
    )
    failed = sum(not check.passed for check in edition.checks)
    rows = tr(
        "{read} rows were read: {staged} were taken in and {aside} were set aside to be mended.",
        read=number(read),
        staged=number(staged),
        aside=number(aside),
    )
    if not failed:
        return _joined([rows, tr("None of the {n} checks found anything to mend.", n=len(edition.checks))])
    found = tr_n(
        "{failed} of {n} checks found something to mend.",
        "{failed} of {n} checks found something to mend.",
        failed,
        failed=failed,
        n=len(edition.checks),
    )
    return _joined([rows, found])


def _grants(edition: Edition) -> str:
    value = _known(edition, "grants_awarded_eur")
    if not value:
        return ""
    card = edition.indicators["grants_awarded_eur"]
    words = {"value": quantity(value.number or 0, card), "year": value.when}
    change = edition.change(value)
    if change is None:
        return tr("The town awarded {value} to associations in {year}.", **words)
    return tr(
        "The town awarded {value} to associations in {year}, {change}.", change=change_words(card, change), **words
    )


def _grade(edition: Edition) -> str:
    value = _known(edition, "cooperation_grade")
    if not value:
        return ""
    if value.is_estimate:
        return tr(
            "Associations give co-operation the grade {grade} ({year}, scale 4–10).",
            grade=number(value.number or 0, edition.indicators["cooperation_grade"].decimals),
            year=value.when,
        )
    return tr(
        "Those who answered gave co-operation the grade {grade} ({year}, scale 4–10).",
        grade=number(value.number or 0, edition.indicators["cooperation_grade"].decimals),
        year=value.when,
    )


def _residents(edition: Edition) -> str:
    value = _known(edition, "resident_participation_share")
    if not value:
        return ""
    words = {"share": percent(value.number or 0), "term": value.when}
    if value.is_estimate:
        return tr("{share} of residents take part in what associations do (council term {term}).", **words)
    return tr("{share} of the residents who answered take part in what associations do (council term {term}).", **words)


def _told(edition: Edition, indicator_id: str) -> str:
    value = _known(edition, indicator_id)
    if not value or value.n is None:
        return ""
    card = edition.indicators[indicator_id]
    if value.is_estimate:
        return tr(
            "{title} in {year}: about {value} in all active associations ({interval}).",
            title=say(card.title),
            year=value.when,
            value=quantity(value.number or 0, card),
            interval=interval(card, value),
        )
    return tr_n(
        "{n} association reported {value} in {year}.",
        "{n} associations reported {value} in {year}.",
        value.n,
        n=number(value.n),
        value=quantity(value.number or 0, card),
        year=value.when,
    )


def _how_many_answered(edition: Edition, indicator_id: str) -> str:
    value = _known(edition, indicator_id)
    if not value or value.coverage_share is None or value.shown != "reported":
        return ""
    return tr(
        "{share} of the active associations answered, so the figure does not speak for the whole field.",
        share=percent(value.coverage_share),
    )


def _known(edition: Edition, indicator_id: str) -> Value | None:
    value = edition.latest(indicator_id) if indicator_id in edition.indicators else None
    return value if value and value.number is not None else None


def _if_known(edition: Edition, indicator_id: str, sentence: Callable[[Mapping[str, str]], str]) -> str:
    """Return the sentence on the newest figure of an indicator, empty where there is none.

    Its words: `value` with its unit, `n` the bare number, `share` as percents, `year` the period.
    """
    value = _known(edition, indicator_id)
    if not value:
        return ""
    figure = value.number or 0
    words = {"n": number(figure), "share": percent(figure), "year": value.when}
    return sentence({**words, "value": quantity(figure, edition.indicators[indicator_id])})


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence) or tr("The edition has no data for this page yet.")
