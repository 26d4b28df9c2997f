"""The files of the open data, below `/open-data/`.

Here belongs: which file an address means, and sending it. Not here: making the files (the pipelines do), the page that
lists them (`pages`).

A file is sent only when the edition's own list names it, so no address leads out of its folder.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from dashboards import data
from dashboards.api import pages
from dashboards.api.answers import FOR_A_DAY, FOR_A_MINUTE, is_known
from dashboards.api.models import Question
from dashboards.published import OpenData, OpenFile
from dashboards.texts import tr

ROOT: Final = "/open-data"
CURRENT: Final = "current"
"""Stands for the current edition in an address."""

files = APIRouter(include_in_schema=False)


class PageQuestion(Question):
    """Parameters of a page for people."""

    lang: Literal["fi", "sv", "en"] | None = None


@files.get(f"{ROOT}/")
def overview(question: Annotated[PageQuestion, Query()]) -> Response:
    """Answer with the page that lists the open data of the current edition; it needs no script."""
    return pages.open_data_page(question.lang)


@files.get(f"{ROOT}/{CURRENT}/{{path:path}}")
def of_current(path: str) -> Response:
    """Lead to the file of the current edition."""
    edition_id = data.current_id(data.workspace_root())
    _ = _found(edition_id, path)
    up = "../" * (path.count("/") + 1)
    return RedirectResponse(f"{up}{edition_id}/{path}", 307, {"Cache-Control": FOR_A_MINUTE})


@files.get(f"{ROOT}/{{edition_id}}/{{path:path}}")
def of_edition(request: Request, edition_id: str, path: str) -> Response:
    """Send a file of an edition, whole or in parts."""
    opened, file = _found(edition_id, path)
    shared = {"ETag": f'"{file.sha256}"', "Cache-Control": FOR_A_DAY}
    if is_known(request.headers, shared["ETag"]):
        return Response(status_code=304, headers=shared)
    charset = "; charset=utf-8" if file.media_type.startswith("text/") else ""
    return FileResponse(opened.folder / file.path, headers=shared, media_type=f"{file.media_type}{charset}")


def _found(edition_id: str, path: str) -> tuple[OpenData, OpenFile]:
    opened = data.open_data(edition_id)
    if opened is None:
        raise HTTPException(404, tr("There is no open data of an edition {name}.", name=edition_id[:60]))
    file = opened.files.get(path)
    if file is None:
        raise HTTPException(404, tr("The open data of this edition has no file {name}.", name=path[:80]))
    return opened, file
