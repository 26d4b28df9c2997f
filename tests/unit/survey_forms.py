"""The same answers as the four survey tools export them, each in its own layout; all of it invented.

Here belongs: writing exports as the tools do. What stands in them: who answers (a fictional person), one answer that
names several options, an option that holds a comma, `En osaa sanoa`, a scale with words, own words under the last
option, and for LimeSurvey an answer that was never sent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import xlsxwriter

PERSON = "Teppo Testaaja"
EMAIL = "teppo.testaaja@example.invalid"
SENT = datetime.combine(date(2025, 1, 14), time(12, 33, 1))

Cell = str | int | datetime | None
Answer = Sequence[str | tuple[str, ...] | None]


@dataclass(frozen=True)
class Form:
    """A form: its questions, options of those with several answers, and the answers; a tuple names options."""

    source: str
    questions: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    answers: tuple[Answer, ...]


RETURNS = Form(
    "association_returns",
    (
        "Minkä vuoden tiedot annatte? (vuosi)",
        "Yhdistyksen nimi",
        "Jäsenmäärä 31.12.",
        "Talkootunnit",
        "Laskentatapa",
        "Vapaaehtoistyön muodot",
        "Yhteistyö sujuu",
    ),
    {"Vapaaehtoistyön muodot": ("Talkooapu", "Tapahtumat, konsertit ja luennot", "Vertaistuki")},
    (
        ("2024", "Kuviteltu Latu ry", "120", "850", "koko vuosi", ("Talkooapu", "Tapahtumat, konsertit ja luennot"), "5 Täysin samaa mieltä"),
        ("2024", "Kuviteltu Kiekko ry", "40", None, "kaksi kuukautta", ("Vertaistuki", "kahvinkeitto"), "En osaa sanoa"),
        ("2024", "Kuviteltu Airo ry", None, "12,5", None, (), None),
    ),
)  # fmt: skip
RESIDENTS = Form(
    "resident_survey",
    ("Kausi", "Ikäryhmä", "Sukupuoli", "Alue", "Osallistunut", "Tyytyväisyys", "Tietää mistä kysyä", "Avoin palaute"),
    {},
    (
        ("2021-2025", "30–44", "Nainen", "Keskusta", "Kyllä", "5 Täysin samaa mieltä", "En osaa sanoa", EMAIL),
        ("2021-2025", "65–74", "Mies", "Keskusta", "En osaa sanoa", "2", "Kyllä", None),
        ("2021-2025", None, None, None, "Ei", "En osaa sanoa", None, "Lisää\ntapahtumia"),
    ),
)
FORMS = (RETURNS, RESIDENTS)


def limesurvey(form: Form) -> bytes:
    """CSV with a byte order mark; an option is a column that holds Y, own words stand under `other`."""
    head = ["Response ID", "Date submitted", "Last page", "Start language"]
    for question in form.questions:
        options = form.options.get(question)
        head += [f"{question} [{option}]" for option in (*options, "Other")] if options else [question]
    rows: list[list[Cell]] = [
        [number, f"{SENT:%Y-%m-%d %H:%M:%S}", 3, "fi", *_ticks(form, answer, "Y", "")]
        for number, answer in enumerate(form.answers, start=1)
    ]
    begun = _ticks(form, [form.answers[0][0], *[None] * (len(form.questions) - 1)], "Y", "")
    return _csv([head, *rows, [len(rows) + 1, "", 1, "fi", *begun]], "\ufeff", quoting=csv.QUOTE_ALL)


def microsoft_forms(form: Form) -> bytes:
    """XLSX with Finnish headers, no-break spaces and line ends in questions, answers that end in a semicolon."""
    head = ["ID", "Aloitusaika", "Valmistumisaika", "Sähköposti", "Nimi", *(_untidy(text) for text in form.questions)]
    rows = [
        [number, SENT, SENT, EMAIL, PERSON, *_joined(answer, ";", ";")]
        for number, answer in enumerate(form.answers, start=1)
    ]
    return _workbook([head, *rows])


def google_forms(form: Form) -> bytes:
    """CSV with the time as Google writes it in Finnish, several answers parted by a comma and a blank."""
    head = ["Aikaleima", "Sähköpostiosoite", *form.questions]
    rows = [[f"{SENT:%Y/%m/%d %I:%M:%S} ip. EET", EMAIL, *_joined(answer, ", ", "")] for answer in form.answers]
    return _csv([head, *rows])


def webropol(form: Form) -> bytes:
    """XLSX with two header rows, the question in the first of its columns only, 1 and 0 for options."""
    return _workbook(list(_two_headers(form, repeats=False, ticked=1, empty=0)))


def webropol_csv(form: Form) -> bytes:
    """CSV with two header rows, the question repeated, the text of the option as its tick."""
    return _csv(list(_two_headers(form, repeats=True, ticked=None, empty=None)), separator=";")


TOOLS: Mapping[str, Callable[[Form], bytes]] = {
    "limesurvey.csv": limesurvey,
    "microsoft_forms.xlsx": microsoft_forms,
    "google_forms.csv": google_forms,
    "webropol.xlsx": webropol,
    "webropol_text.csv": webropol_csv,
}
"""Writer of each export by the name of its file."""


def without(form: Form, question: str) -> Form:
    """Return a form that does not ask a question."""
    place = form.questions.index(question)
    cut = tuple(tuple(cell for at, cell in enumerate(answer) if at != place) for answer in form.answers)
    return replace(form, questions=tuple(text for text in form.questions if text != question), answers=cut)


def _two_headers(form: Form, *, repeats: bool, ticked: Cell, empty: Cell) -> Iterator[list[Cell]]:
    first: list[Cell] = []
    second: list[Cell] = []
    for number, question in enumerate(form.questions, start=1):
        options = [*form.options.get(question, ()), *(["Muu, mikä?"] if question in form.options else [])]
        numbered = f"{number}. {question}"
        first += [numbered, *[numbered if repeats else None for _ in options[1:]]]
        second += options or [None]
    yield first
    if form.options:
        yield second
    for answer in form.answers:
        yield _ticks(form, answer, ticked, empty)


def _ticks(form: Form, answer: Answer, ticked: Cell, empty: Cell) -> list[Cell]:
    """Lay an answer out with a column for each option and one for own words."""
    cells: list[Cell] = []
    for question, said in zip(form.questions, answer, strict=True):
        if question not in form.options:
            cells.append(None if isinstance(said, tuple) else said)
            continue
        chosen = said if isinstance(said, tuple) else ()
        options = form.options[question]
        cells += [(ticked or option) if option in chosen else empty for option in options]
        cells.append(next((text for text in chosen if text not in options), None))
    return cells


def _joined(answer: Answer, separator: str, end: str) -> list[Cell]:
    return [separator.join(said) + (end if said else "") if isinstance(said, tuple) else said for said in answer]


def _untidy(question: str) -> str:
    return f"{question}\n".replace(" ", "\u00a0", 1)


def _csv(
    rows: Sequence[Sequence[Cell]], mark: str = "", separator: str = ",", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
    return (mark + text.getvalue()).encode()


def _workbook(rows: Sequence[Sequence[Cell]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet("Form1")
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return file.getvalue()
