"""What the chapter tells, from its title page to its glossary.

Here belongs: the order of the sections, the title page and the summary. Not here: the sections (`activities`,
`indicators`, `grants`, `surveys`, `terms`, `method`, `reliability`), how they are written (`as_pdf` and its like).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dashboards import leads, sentences
from dashboards.data import Edition
from dashboards.formats import day, number
from dashboards.report import activities, grants, indicators, method, reliability, surveys, terms
from dashboards.report.document import Block, Document, Facts, Heading, Paragraph, of_rows
from dashboards.report.indicators import Told
from dashboards.texts import language, say, tr


def chapter(edition: Edition, year: int) -> Document:
    """Compose the chapter of a finished year, in the language in force.

    Parameters
    ----------
    edition
        The edition, with all its years.
    year
        One of `edition.finished_years()`.
    """
    told = edition.until(year)
    facts = edition.facts
    title = tr("Co-operation of the town and its associations {year}", year=year)
    blocks = (
        *_summary(told, year),
        *activities.section(told, year),
        *indicators.section(told, year),
        *grants.section(told, year),
        *surveys.section(told),
        *terms.section(edition, year),
        *reliability.section(told, year),
        *method.section(told),
    )
    return Document(
        language=language(),
        title=title,
        subtitle=tr("{town}: chapter of the welfare report", town=facts.municipality_name),
        author=facts.contact_name,
        subject=tr("Chapter of the welfare report on the co-operation of the town and its associations"),
        notice=tr("Example data: an invented town. The figures are not real.") if facts.is_example else "",
        facts=_facts(edition, year),
        running=f"{facts.municipality_name} · {title}",
        footer=tr("Edition {edition}. Data until {day}.", edition=facts.edition_id, day=day(facts.data_until)),
        contents=tr("Contents"),
        day=facts.data_until.isoformat(),
        blocks=blocks,
    )


def _facts(edition: Edition, year: int) -> Facts:
    facts = edition.facts
    contact = f"{facts.contact_name}, {facts.contact_email}" if facts.contact_email else facts.contact_name
    return Facts(
        (
            (tr("Municipality"), f"{facts.municipality_name} ({facts.municipality_code})"),
            (tr("Year"), str(year)),
            (tr("Edition"), facts.edition_id),
            (tr("Data until"), day(facts.data_until)),
            (tr("Contact"), contact),
            (tr("Made with"), f"Yhteispeli {facts.software_version}"),
        )
    )


def _summary(edition: Edition, year: int) -> list[Block]:
    """Return what rose, fell or did not clearly change, how sure that is, and the measures in one table."""
    told = indicators.of_measures(edition, year)
    return [
        Heading(tr("In short")),
        Paragraph(_in_a_paragraph(edition, year, told), "lead"),
        *_table(told, year),
        Paragraph(
            tr(
                "An arrow tells a clear change from the year before, ≈ that there is no clear change. Small "
                "differences and missing answers are not told as changes."
            ),
            "note",
        ),
    ]


def _in_a_paragraph(edition: Edition, year: int, told: Sequence[Told]) -> str:
    parts = [leads.overview(edition), *_changes(told)]
    missing = [say(item.card.title) for item in told if item.value is None or item.value.number is None]
    if missing:
        parts.append(tr("There is no figure of {year}: {titles}.", year=year, titles=", ".join(missing)))
    return " ".join([*parts, _how_sure(told)])


def _changes(told: Sequence[Told]) -> list[str]:
    """Say which figures rose, fell, did not clearly change or can't be compared; of the yearly ones."""
    titles: dict[str, str] = {}
    for item in told:
        if item.change is not None and not item.is_of_term:
            before = titles.get(item.change.direction)
            titles[item.change.direction] = f"{before}, {item.changed}" if before else item.changed
    said = {
        "rose": tr("Rose from the year before: {titles}.", titles=titles.get("rose")),
        "fell": tr("Fell from the year before: {titles}.", titles=titles.get("fell")),
        "no_clear_change": tr("No clear change: {titles}.", titles=titles.get("no_clear_change")),
        "not_comparable": tr("Can't be compared with the year before: {titles}.", titles=titles.get("not_comparable")),
    }
    return [sentence for direction, sentence in said.items() if direction in titles]


def _how_sure(told: Sequence[Told]) -> str:
    verdicts = Counter(item.value.verdict for item in told if item.value is not None and item.value.number is not None)
    if not verdicts:
        return tr("No measure has a figure.")
    parts = [
        f"{sentences.verdict_word(verdict).lower()} {number(verdicts[verdict])}"
        for verdict in ("usable", "usable_with_care", "not_usable")
        if verdicts[verdict]
    ]
    return tr("How sure the {n} figures are: {parts}.", n=number(verdicts.total()), parts=", ".join(parts))


def _table(told: Sequence[Told], year: int) -> list[Block]:
    header = [tr("Indicator"), tr("Figure"), tr("Change"), tr("Verdict")]
    rows = [
        [
            say(item.card.title),
            item.figure,
            item.change_in_short,
            "–" if item.value is None else sentences.verdict_marked(item.value.verdict),
        ]
        for item in told
    ]
    return of_rows(tr("The eight measures in {year}", year=year), header, rows)
