"""The addresses of the interface.

Here belongs: one function an address. Not here: how an answer is written (`answers`), the files of the open data
(`file_routes`), the page for people (`pages`).

The functions are plain ones, which the framework runs in threads: none of them holds up the server's loop.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.responses import Response

from dashboards import data
from dashboards.api import answers, file_routes, pages, problems, selection
from dashboards.api.csv_text import as_csv
from dashboards.api.models import (
    BreakAnswer,
    EditionAnswer,
    EditionDetailAnswer,
    EditionId,
    EditionQuestion,
    EditionsAnswer,
    FileAnswer,
    IndicatorAnswer,
    IndicatorDetailAnswer,
    IndicatorId,
    IndicatorsAnswer,
    IndicatorsQuestion,
    Problem,
    Question,
    TermAnswer,
    TermDetailAnswer,
    TermFigureAnswer,
    TermId,
    TermsAnswer,
    ValueAnswer,
    ValuesAnswer,
    ValuesQuestion,
)
from dashboards.data import Edition
from dashboards.published import OpenFile
from dashboards.texts import tr

ROOT: Final = "/api/v1"
FILES: Final = file_routes.ROOT
VERSION: Final = "1.0.0"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"

interface = FastAPI(
    title="Yhteispeli",
    version=VERSION,
    summary="Public figures of a municipality and its associations",
    description=(
        "The figures of published editions, as JSON and CSV. An answer without the parameter `edition` follows the "
        "current edition; with it, it stays as it is. Figures of small groups are hidden."
    ),
    license_info={"name": "CC BY 4.0 (data)", "url": "https://creativecommons.org/licenses/by/4.0/"},
    servers=[{"url": "/", "description": "This server"}],
    openapi_url=None,
    docs_url=None,
    redoc_url=None,
)
problems.register(interface)
interface.include_router(file_routes.files)

_CSV: dict[str, Any] = {"text/csv": {"schema": {"type": "string"}}}


def _responses(*statuses: int, with_csv: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return the answers of an address besides its own, for the description."""
    told: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed since the tag that was sent."}}
    if with_csv:
        told[200] = {"content": _CSV}
    for status in statuses:
        told[status] = {"model": Problem, "description": HTTPStatus(status).phrase}
    return told


@interface.get(f"{ROOT}/indicators", response_model=IndicatorsAnswer, responses=_responses(404, 406, 422, 503))
def indicators(request: Request, question: Annotated[IndicatorsQuestion, Query()]) -> Response:
    """List the indicators, in the order in which people read them."""
    edition = _edition(question)
    cards = [card for card in edition.indicators.values() if question.group in (None, card.indicator_group)]

    def rows() -> list[IndicatorAnswer]:
        return [IndicatorAnswer.model_validate(card) for card in cards]

    def whole() -> IndicatorsAnswer:
        return IndicatorsAnswer(edition=edition.facts.edition_id, indicators=rows())

    return _answer(request, question, edition, whole, rows, IndicatorAnswer)


@interface.get(
    f"{ROOT}/indicators/{{indicator_id}}",
    response_model=IndicatorDetailAnswer,
    responses=_responses(404, 406, 422, 503),
)
def indicator(request: Request, indicator_id: IndicatorId, question: Annotated[EditionQuestion, Query()]) -> Response:
    """Tell what one indicator is, with the breaks of its series."""
    edition = _edition(question)
    card = selection.indicator(edition, indicator_id)

    def rows() -> list[IndicatorAnswer]:
        return [IndicatorAnswer.model_validate(card)]

    def whole() -> IndicatorDetailAnswer:
        breaks = [BreakAnswer.model_validate(found) for found in edition.breaks_of(indicator_id)]
        return IndicatorDetailAnswer(edition=edition.facts.edition_id, indicator=rows()[0], breaks=breaks)

    return _answer(request, question, edition, whole, rows, IndicatorAnswer)


@interface.get(f"{ROOT}/values", response_model=ValuesAnswer, responses=_responses(404, 406, 422, 503))
def values(request: Request, question: Annotated[ValuesQuestion, Query()]) -> Response:
    """Give figures, filtered and in pages; the header Link names the next page."""
    edition = _edition(question)
    found = selection.values(edition, question)
    end = question.offset + question.limit
    following = None if end >= len(found) else _next_page(request, end)

    def rows() -> list[ValueAnswer]:
        return [ValueAnswer.model_validate(value) for value in found[question.offset : end]]

    def whole() -> ValuesAnswer:
        return ValuesAnswer(
            edition=edition.facts.edition_id,
            licence=LICENCE,
            total=len(found),
            limit=question.limit,
            offset=question.offset,
            next=following,
            values=rows(),
        )

    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return _answer(request, question, edition, whole, rows, ValueAnswer, headers)


@interface.get(f"{ROOT}/terms", response_model=TermsAnswer, responses=_responses(404, 406, 422, 503))
def terms(request: Request, question: Annotated[EditionQuestion, Query()]) -> Response:
    """List the council terms, the newest first."""
    edition = _edition(question)

    def rows() -> list[TermAnswer]:
        return [TermAnswer.model_validate(term) for term in edition.terms.values()]

    def whole() -> TermsAnswer:
        return TermsAnswer(edition=edition.facts.edition_id, terms=rows())

    return _answer(request, question, edition, whole, rows, TermAnswer)


@interface.get(f"{ROOT}/terms/{{term_id}}", response_model=TermDetailAnswer, responses=_responses(404, 406, 422, 503))
def term(request: Request, term_id: TermId, question: Annotated[EditionQuestion, Query()]) -> Response:
    """Give a council term by indicator: baseline, newest figure, target, and the change against both."""
    edition = _edition(question)
    found = selection.term(edition, term_id)

    def rows() -> list[TermFigureAnswer]:
        figures = (edition.term_values.get((name, term_id)) for name in edition.indicators)
        return [TermFigureAnswer.model_validate(figure) for figure in figures if figure is not None]

    def whole() -> TermDetailAnswer:
        return TermDetailAnswer(edition=edition.facts.edition_id, term=TermAnswer.model_validate(found), figures=rows())

    return _answer(request, question, edition, whole, rows, TermFigureAnswer)


@interface.get(f"{ROOT}/editions", response_model=EditionsAnswer, responses=_responses(422, 503, with_csv=False))
def editions(request: Request, _question: Annotated[Question, Query()]) -> Response:
    """List the editions that can be asked for, the newest first."""
    found = data.published_editions()
    current = next((edition.edition_id for edition in found if edition.is_current), "")

    def whole() -> bytes:
        rows = [EditionAnswer.model_validate(edition) for edition in found]
        return answers.as_json(EditionsAnswer(current=current, editions=rows))

    identity = repr(found)
    return answers.answered(request, identity, "json", whole, {"Cache-Control": answers.FOR_A_MINUTE})


@interface.get(
    f"{ROOT}/editions/{{edition_id}}",
    response_model=EditionDetailAnswer,
    responses=_responses(404, 422, 503, with_csv=False),
)
def edition(request: Request, edition_id: EditionId, _question: Annotated[Question, Query()]) -> Response:
    """Tell whose edition it is, until when its data reaches, and which files its open data has."""
    facts = _edition(EditionQuestion(edition=edition_id)).facts
    opened = data.open_data(edition_id)

    def whole() -> bytes:
        files = [] if opened is None else [_file(edition_id, file) for file in opened.files.values()]
        told = {name: getattr(facts, name) for name in EditionDetailAnswer.model_fields if hasattr(facts, name)}
        return answers.as_json(EditionDetailAnswer(**told, licence=LICENCE, files=files))

    return answers.answered(request, edition_id, "json", whole, {"Cache-Control": answers.FOR_A_DAY})


@interface.get(f"{ROOT}/openapi.json", include_in_schema=False)
def description(request: Request, _question: Annotated[Question, Query()]) -> Response:
    """Describe the interface (OpenAPI 3.1)."""
    headers = {"Cache-Control": answers.FOR_A_MINUTE}
    return answers.answered(request, VERSION, "json", lambda: json.dumps(interface.openapi()).encode(), headers)


@interface.get(f"{ROOT}/", include_in_schema=False)
def front_page(question: Annotated[file_routes.PageQuestion, Query()]) -> Response:
    """Describe the interface to people."""
    return pages.interface_page(question.lang)


def _edition(question: EditionQuestion) -> Edition:
    if question.edition is None:
        return data.current_edition()
    found = data.published_edition(question.edition)
    if found is None:
        name = question.edition[:60]
        raise HTTPException(404, tr("There is no edition {name}. /api/v1/editions tells which there are.", name=name))
    return found


def _answer(
    request: Request,
    question: EditionQuestion,
    edition: Edition,
    whole: Callable[[], BaseModel],
    rows: Callable[[], Sequence[BaseModel]],
    kind: type[BaseModel],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Answer with everything as JSON, or with the rows as CSV."""
    form = answers.asked_format(request, question.format)
    caching = answers.FOR_A_MINUTE if question.edition is None else answers.FOR_A_DAY

    def make() -> bytes:
        return as_csv(rows(), kind) if form == "csv" else answers.as_json(whole())

    told = {"Cache-Control": caching, **headers}
    return answers.answered(request, edition.facts.edition_id, form, make, told)


def _file(edition_id: str, file: OpenFile) -> FileAnswer:
    return FileAnswer(
        address=f"{FILES}/{edition_id}/{file.path}",
        path=file.path,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        table=file.table,
    )


def _next_page(request: Request, offset: int) -> str:
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "offset"]
    return f"{request.url.path}?{urlencode([*others, ('offset', str(offset))])}"


def _described() -> dict[str, Any]:
    """Return the description; problems are told with their own media type."""
    told = get_openapi(
        title=interface.title,
        version=interface.version,
        summary=interface.summary,
        description=interface.description,
        routes=interface.routes,
        license_info=interface.license_info,
        servers=interface.servers,
    )
    for path in told["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= HTTPStatus.BAD_REQUEST:
                    response["content"] = {problems.MEDIA_TYPE: response["content"]["application/json"]}
    return told


interface.openapi = cache(_described)  # type: ignore[method-assign]  # the way that FastAPI's documentation shows
