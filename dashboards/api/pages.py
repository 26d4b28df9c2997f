"""Pages that need no script: what the interface can do, and the list of the open data.

Here belongs: their frame, and the page of the interface. Not here: the list of the open data (`open_data_list`), the
pages of the dashboards (`app_pages`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from typing import Final

from starlette.responses import Response

from dashboards import components, data, open_data_list
from dashboards.api.models import EditionQuestion, IndicatorsQuestion, Question, ValuesQuestion
from dashboards.api.problems import sentence_of
from dashboards.components import Markup
from dashboards.data import EditionUnavailable
from dashboards.palette import stylesheet
from dashboards.texts import Language, language, speaking, tr

CHOICES: Final = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}
_COLOURS: Final = stylesheet()
_COLOURS_HASH: Final = b64encode(sha256(_COLOURS.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'self' 'sha256-{_COLOURS_HASH}'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def open_data_page(asked: Language | None) -> Response:
    """Return the list of the open data of the current edition."""
    with speaking(asked or language()):
        try:
            edition = data.current_edition()
        except EditionUnavailable as reason:
            return _page(tr("Open data"), components.paragraph(sentence_of(reason)), "../", status=503)
        opened = data.open_data(edition.facts.edition_id)
        if opened is None:
            sentence = tr("This edition has no open data, because an older program made it.")
            return _page(tr("Open data"), components.paragraph(sentence), "../", status=404)
        example = tr("Example data: an invented town. The figures are not real.")
        said = components.notice(example, "example") if edition.facts.is_example else ""
        said += components.lead(open_data_list.lead(opened))
        said += "".join(open_data_list.sections(edition, opened, "../"))
        title = tr("Open data")
        return _page(f"{edition.facts.municipality_name}: {title.lower()}", said, "../")


def interface_page(asked: Language | None) -> Response:
    """Return the page that tells people how the interface is used."""
    with speaking(asked or language()):
        said = (
            components.lead(
                tr("Programs get the public figures here, as JSON or CSV. Nothing needs a key, nothing can be changed.")
            )
            + components.heading(tr("Addresses"))
            + _addresses()
            + components.heading(tr("Examples"))
            + _examples()
            + components.heading(tr("Good to know"))
            + "".join(components.paragraph(sentence) for sentence in _rules())
        )
        return _page(tr("Interface for programs"), said, "../../")


def _addresses() -> str:
    rows: tuple[tuple[str, str, type[Question]], ...] = (
        ("/api/v1/indicators", tr("The indicators: what each tells, how it is counted."), IndicatorsQuestion),
        ("/api/v1/indicators/{id}", tr("One indicator, with the breaks of its series."), EditionQuestion),
        ("/api/v1/values", tr("Figures, with interval, coverage, verdict and status."), ValuesQuestion),
        ("/api/v1/terms", tr("The council terms."), EditionQuestion),
        (
            "/api/v1/terms/{id}",
            tr("A council term by indicator: baseline, newest figure, target and change."),
            EditionQuestion,
        ),
        ("/api/v1/editions", tr("The editions that can be asked for."), Question),
        ("/api/v1/editions/{id}", tr("One edition and the files of its open data."), Question),
        ("/api/v1/openapi.json", tr("Everything above for programs (OpenAPI 3.1)."), Question),
        ("/open-data/{edition}/…", tr("The files of the open data; current stands for the current edition."), Question),
    )
    return _list((address, f"{what} {_parameters(question)}".strip()) for address, what, question in rows)


def _parameters(question: type[Question]) -> str:
    if not question.model_fields:
        return ""
    return tr("Parameters: {names}.", names=", ".join(question.model_fields))


def _examples() -> str:
    asked = (
        ("values?indicator=grants_awarded_eur&breakdown=total", tr("Grants awarded, all years, as JSON")),
        (
            "values?indicator=grants_awarded_eur&breakdown=granting_body&format=csv",
            tr("The same by granting body, as CSV"),
        ),
        ("terms/2021-2025", tr("The council term 2021–2025")),
        ("openapi.json", tr("The description for programs")),
    )
    return _list((words, Markup(f'<a href="{escape(at)}">{escape(f"/api/v1/{at}")}</a>')) for at, words in asked)


def _list(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{components.safe(text)}</dd>" for name, text in pairs)
    return f'<dl class="yp-plain-list">{rows}</dl>'


def _rules() -> tuple[str, ...]:
    return (
        tr("Without the parameter edition an answer follows the current edition; with it, it stays as it is."),
        tr("A figure that is hidden to protect a small group has is_hidden true and no numbers."),
        tr("Shares are numbers between 0 and 1, euros are euros, days are written as 2026-11-24."),
        tr("Long answers come in pages: the field next and the header Link name the following page."),
        tr("Answers have an ETag: send it back in If-None-Match, and what has not changed is not sent again."),
        tr("A parameter that is not known is refused. A problem is told in one sentence, in the language asked for."),
        tr("Addresses and fields stay. Fields may be added; what would break a program gets an address of its own."),
        tr("Licence of the data: CC BY 4.0. Name the municipality and the edition."),
    )


def _page(title: str, body: str, root: str, status: int = 200) -> Response:
    spoken, choosing = language(), tr("Language")
    choices = "".join(
        f'<li><a href="?lang={code}" lang="{code}" hreflang="{code}"{_marked(code == spoken)}>{words}</a></li>'
        for code, words in CHOICES.items()
    )
    page = (
        f'<!doctype html><html lang="{spoken}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Yhteispeli</title>"
        f'<link rel="icon" href="{root}assets/icon.png">'
        f"<style>{_COLOURS}</style>"
        f'<link rel="stylesheet" href="{root}assets/yhteispeli.css">'
        f'<link rel="stylesheet" href="{root}assets/plain.css">'
        f'</head><body class="yp-plain"><header><a href="{root}">Yhteispeli</a>'
        f'<nav aria-label="{escape(choosing)}"><ul>{choices}</ul></nav></header>'
        f"<main>{components.heading(title, 1)}{body}</main></body></html>"
    )
    headers = {
        "Cache-Control": "no-cache",
        "Content-Language": spoken,
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Language",
    }
    return Response(page, status, headers, "text/html; charset=utf-8")


def _marked(is_current: bool) -> str:
    return ' aria-current="true"' if is_current else ""
