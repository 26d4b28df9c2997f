"""Why a request is not answered: one sentence as `application/problem+json` (RFC 9457), in the reader's language.

Here belongs: turning errors into that form. Not here: finding errors (`routes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.api.models import Problem
from dashboards.data import EditionUnavailable
from dashboards.texts import language, tr

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "60"}
"""Seconds; a first edition, or a repaired one, may be there soon."""


def register(app: FastAPI) -> None:
    """Let an interface tell its problems so."""
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(RequestValidationError, _misasked)
    app.add_exception_handler(EditionUnavailable, _unavailable)
    app.add_exception_handler(Exception, _failed)


def sentence_of(unavailable: EditionUnavailable) -> str:
    """Say why there is no edition."""
    return {
        "no_workspace": tr("The dashboards do not know which municipality's folder to show."),
        "no_edition": tr("Nothing has been published yet."),
        "damaged": tr("The published figures can't be opened."),
    }[unavailable.problem]


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = error.headers or {}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _problem(request, 405, tr("Data can only be read here."), {"Allow": "GET, HEAD, OPTIONS"})
    if error.detail == HTTPStatus.NOT_FOUND.phrase:  # the words of the framework: no route fits
        return _problem(request, 404, tr("There is no such address. /api/v1/ tells which there are."))
    return _problem(request, error.status_code, error.detail, headers)


def _misasked(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = str(first["loc"][1] if len(first["loc"]) > 1 else first["loc"][0])[:60]
    if first["type"] == "extra_forbidden":
        return _problem(request, 422, tr("There is no parameter {name}. /api/v1/ tells which there are.", name=name))
    value = str(first["input"])[:60]
    return _problem(request, 422, tr("The parameter {name} can't be “{value}”.", name=name, value=value))


def _unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, EditionUnavailable)
    return _problem(request, 503, sentence_of(error), RETRY_AFTER)


def _failed(request: Request, _error: Exception) -> Response:
    return _problem(request, 500, tr("The service failed. Try again, or report the error."))


def _problem(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, instance=request.url.path)
    told = {
        "Cache-Control": "no-store",
        "Content-Language": language(),
        "Vary": "Accept, Accept-Language",
        **(headers or {}),
    }
    return Response(problem.model_dump_json(), status, told, MEDIA_TYPE)
