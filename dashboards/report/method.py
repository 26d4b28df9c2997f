"""How the figures are counted, what limits them, and what the words mean.

Here belongs: the method of each indicator from its card, the breaks of the series, the glossary. Not here: the verdicts
of single figures (`indicators`, `reliability`).
"""

from __future__ import annotations

from dashboards import sentences
from dashboards.data import Edition
from dashboards.formats import day
from dashboards.measures import measures
from dashboards.report.document import Block, Facts, Heading, Paragraph, of_rows
from dashboards.rows import IndicatorCard
from dashboards.texts import say, tr


def section(edition: Edition) -> list[Block]:
    """Return the sections on method and limits, and the glossary."""
    answering = [name for measure in measures() for name in measure.indicators]
    cards = [edition.indicators[name] for name in answering if name in edition.indicators]
    return [
        Heading(tr("Method and limits")),
        Paragraph(
            tr(
                "The figures of this chapter are those of edition {edition}; the pages, the open data and the "
                "analysts' file of the edition hold the same ones. Each figure leads there to the rows that made it.",
                edition=edition.facts.edition_id,
            )
        ),
        *_breaks(edition),
        *(block for card in cards for block in _card(edition, card)),
        Heading(tr("What the words mean")),
        Facts(tuple(_glossary(edition))),
    ]


def _card(edition: Edition, card: IndicatorCard) -> list[Block]:
    items = (
        (tr("Question"), say(card.question)),
        (tr("How it is counted"), say(card.formula)),
        (tr("Method"), say(card.method)),
        (tr("Limits"), say(card.limits)),
        (tr("What is called a change"), sentences.least_change(card)),
        (tr("Small groups"), sentences.protection(edition, card)),
        (tr("Sources"), ", ".join(edition.source_title(source) for source in card.sources)),
    )
    return [Heading(say(card.title), 2), Facts(items)]


def _breaks(edition: Edition) -> list[Block]:
    rows: dict[str, list[str]] = {}
    for found in edition.breaks:
        row = rows.setdefault(found.break_id, [day(found.breaks_on), say(found.text), ""])
        card = edition.indicators.get(found.indicator_id)
        if card is not None:
            row[2] = f"{row[2]}, {say(card.title)}" if row[2] else say(card.title)
    header = [tr("From"), tr("What happened"), tr("Indicators")]
    return of_rows(tr("Years before and after a break are not compared"), header, list(rows.values()))


def _glossary(edition: Edition) -> list[tuple[str, str]]:
    facts = edition.facts
    return [
        (
            tr("Active association"),
            tr("registered, and evidence of activity within {n} months", n=facts.active_within_months),
        ),
        (tr("Reported"), tr("The plain sum or mean of what those who answered told.")),
        (tr("Estimate"), tr("What the whole field would tell, worked out from those who answered.")),
        (tr("95% interval"), tr("The true figure lies between these bounds in about 95 cases of 100.")),
        (tr("Coverage"), tr("Those who answered, divided by those who should have.")),
        (sentences.verdict_marked("usable"), tr("the figure speaks for the whole field")),
        (sentences.verdict_marked("usable_with_care"), tr("the figure shows the scale: read why")),
        (sentences.verdict_marked("not_usable"), tr("the figure is not enough for conclusions")),
        (
            tr("No clear change"),
            tr("The difference is no larger than the uncertainty or the least change of the card."),
        ),
        (
            sentences.status_word("preliminary").capitalize(),
            tr("The year or the council term is not over. The figure will still change."),
        ),
        (
            sentences.status_word("final").capitalize(),
            tr("The year or the council term is over. The figure changes only for a reason, which is told."),
        ),
        (
            sentences.status_word("revised").capitalize(),
            tr("A final figure is not the same as in an earlier edition. The list tells what changed and why."),
        ),
        (tr("Break of a series"), tr("A day from which figures can't be compared with earlier ones.")),
        (
            tr("Hidden figure"),
            tr(
                "figures reported by fewer than {k} associations are hidden, and so are others that would give "
                "them away",
                k=facts.disclosure_k,
            ),
        ),
        (tr("Edition"), tr("A frozen set of figures with its own id. It is never changed afterwards.")),
        (tr("Council term"), tr("The time of one elected council, from its baseline to its target.")),
    ]
