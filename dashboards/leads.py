"""The one message at the top of each page.

Here belongs: a function a page that says in two or three sentences what the page shows. Not here: sentences about a
single figure (`sentences`). A sentence whose figure is missing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.data import Edition
from dashboards.formats import number, percent, quantity
from dashboards.rows import Origin, Value
from dashboards.sentences import cell, change_words, interval, umbrella_count
from dashboards.texts import say, tr, tr_n


def overview(edition: Edition) -> str:
    """Say how the field, the grants and the co-operation stand."""
    registered, active = (_known(edition, name) for name in ("registered_associations", "active_associations"))
    sentences = []
    if registered and active:
        sentences.append(
            tr(
                "At the end of {year} there were {registered} registered associations, of which {active} were active.",
                year=registered.period,
                registered=number(registered.number or 0),
                active=number(active.number or 0),
            )
        )
    sentences += [_grants(edition), _grade(edition)]
    return _joined(sentences)


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
    registered, active, umbrella = (
        _known(edition, name) for name in ("registered_associations", "active_associations", "umbrella_coverage_share")
    )
    sentences = []
    if registered:
        sentences.append(
            tr(
                "{n} associations were in the register at the end of {year}.",
                n=number(registered.number or 0),
                year=registered.period,
            )
        )
    if active:
        sentences.append(
            tr(
                "{n} of them have shown activity within {months} months.",
                n=number(active.number or 0),
                months=edition.facts.active_within_months,
            )
        )
    if umbrella:
        sentences.append(
            tr(
                "{n} ({share}) belong to at least one umbrella organisation.",
                n=umbrella_count(edition),
                share=percent(umbrella.number or 0),
            )
        )
    return _joined(sentences)


def volunteering(edition: Edition) -> str:
    """Say what the associations told of their volunteer work, and how many told."""
    return _joined([_told(edition, "volunteer_hours"), _how_many_answered(edition, "volunteer_hours")])


def events(edition: Edition) -> str:
    """Say how many events the associations told of, and how many were joint ones."""
    joint = _known(edition, "joint_events")
    sentences = [_told(edition, "association_events")]
    if joint:
        sentences.append(
            tr(
                "Joint events with the town: {value}.",
                value=quantity(joint.number or 0, edition.indicators["joint_events"]),
            )
        )
    return _joined([*sentences, _how_many_answered(edition, "association_events")])


def grants(edition: Edition) -> str:
    """Say what was awarded, and how much that is of the budget and for a resident."""
    share = _known(edition, "grants_share_of_budget")
    resident = _known(edition, "grants_per_resident_eur")
    sentences = [_grants(edition)]
    if share:
        sentences.append(
            tr(
                "In {year} grants were {share} of the operating expenses of the budget.",
                year=share.period,
                share=quantity(share.number or 0, edition.indicators["grants_share_of_budget"]),
            )
        )
    if resident:
        sentences.append(
            tr(
                "For a resident that is {value} ({year}).",
                value=quantity(resident.number or 0, edition.indicators["grants_per_resident_eur"]),
                year=resident.period,
            )
        )
    return _joined(sentences)


def cooperation(edition: Edition) -> str:
    """Say which grade co-operation got and whether it works."""
    works = _known(edition, "cooperation_works_share")
    sentences = [_grade(edition)]
    if works:
        sentences.append(
            tr(
                "{share} of them say that co-operation works ({year}).",
                share=percent(works.number or 0),
                year=works.period,
            )
        )
    return _joined([*sentences, _how_many_answered(edition, "cooperation_grade")])


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
    words = {"value": quantity(value.number or 0, card), "year": value.period}
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
    if value.method == "stratified_estimate":
        return tr(
            "Associations give co-operation the grade {grade} ({year}, scale 4–10).",
            grade=number(value.number or 0, edition.indicators["cooperation_grade"].decimals),
            year=value.period,
        )
    return tr(
        "Those who answered gave co-operation the grade {grade} ({year}, scale 4–10).",
        grade=number(value.number or 0, edition.indicators["cooperation_grade"].decimals),
        year=value.period,
    )


def _told(edition: Edition, indicator_id: str) -> str:
    value = _known(edition, indicator_id)
    if not value or value.n is None:
        return ""
    card = edition.indicators[indicator_id]
    if value.method == "stratified_estimate":
        return tr(
            "{title} in {year}: about {value} in all active associations ({interval}).",
            title=say(card.title),
            year=value.period,
            value=quantity(value.number or 0, card),
            interval=interval(card, value),
        )
    return tr_n(
        "{n} association told of {value} in {year}.",
        "{n} associations told of {value} in {year}.",
        value.n,
        n=number(value.n),
        value=quantity(value.number or 0, card),
        year=value.period,
    )


def _how_many_answered(edition: Edition, indicator_id: str) -> str:
    value = _known(edition, indicator_id)
    if not value or value.coverage_share is None or value.shown != "reported":
        return ""
    return tr(
        "{share} of the active associations answered, so the figure does not tell of the whole field.",
        share=percent(value.coverage_share),
    )


def _known(edition: Edition, indicator_id: str) -> Value | None:
    value = edition.latest(indicator_id) if indicator_id in edition.indicators else None
    return value if value and value.number is not None else None


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence) or tr("The edition has no data for this page yet.")
