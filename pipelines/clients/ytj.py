"""Client of YTJ, the open interface of the Business Information System (PRH), version 3.

Here belongs: asking for the local associations. Not here: the shape of a company (`pipelines.sources.ytj_companies`).

Source of the format: PRH, YTJ open data interface version 3. A page holds 100 companies and a page past the end
silently answers page 1, so the count of results says where to stop.
"""

from __future__ import annotations

import math
from functools import partial

import polars as pl

from pipelines import contracts, landing, parsing, staging
from pipelines.check_digit import has_valid_check_digit
from pipelines.clients.job import Job, field, refuse_repetition
from pipelines.raw_table import Refused
from pipelines.reading import read_file
from pipelines.receiving import raw_frame
from pipelines.settings import CompanyInterface
from pipelines.sources.ytj_companies import COMPANIES, business_id_of
from pipelines.workspace import Workspace

PATH, ASSOCIATIONS = "companies", "AYH"
PAGE_SIZE = 100
REGISTER = "prh_register"


def fetch(job: Job[CompanyInterface]) -> None:
    """Ask for the associations of the post offices together, then one by one for those of the register still missing.

    Raises
    ------
    FetchFailed
        See `pipelines.clients.job`.
    """
    found: set[str] = set()
    for location in job.interface.locations:
        found |= _located(job, location)
    for business_id in local_business_ids(job.workspace):
        if business_id not in found:
            ask = partial(job.service.get, PATH, {"businessId": business_id})
            job.page(business_id, ask, lands=_holds_companies)


def local_business_ids(workspace: Workspace) -> list[str]:
    """Return the valid Y-tunnus of every association of the municipality in the extracts of the register.

    Extracts of the inbox that have not been taken in land first.
    """
    landing.land_inbox(workspace, REGISTER)
    contract = contracts.sources()[REGISTER]
    frames = [pl.DataFrame(schema=staging.RAW_SCHEMA)]
    for file in landing.files_in_force(workspace, REGISTER):
        try:
            tables = read_file(landing.content_of(workspace, file), file.name, contract)
        except Refused:
            continue  # the refresh that follows tells why
        frames.extend(raw_frame(file.sha256, 1, table) for table in tables)
    columns = {column.name: column for column in contract.columns}
    read = staging.text_frame(contract, pl.concat(frames)).select(
        parsing.read_column(columns[name], workspace.settings).alias(name) for name in ("business_id", "domicile_code")
    )
    local = read.filter(pl.col("domicile_code") == workspace.settings.municipality.code)
    return [found for found in local["business_id"].drop_nulls().unique().sort() if has_valid_check_digit(found)]


def _located(job: Job[CompanyInterface], location: str) -> set[str]:
    """Land the associations of a post office and return their identifiers."""
    seen: set[str] = set()
    page, pages = 1, 1
    while page <= pages:
        ask = partial(job.service.get, PATH, {"companyForm": ASSOCIATIONS, "location": location, "page": page})
        document = job.page(f"{location.casefold()}-{page}", ask, lands=_holds_companies)
        refuse_repetition(page, _business_ids(document), seen)
        pages = math.ceil(field(document, "totalResults", int) / PAGE_SIZE)
        page += 1
    return seen


def _holds_companies(document: object) -> bool:
    return bool(field(document, "totalResults", int) and field(document, COMPANIES, list))


def _business_ids(document: object) -> list[str]:
    companies = (item for item in field(document, COMPANIES, list) if isinstance(item, dict))
    return [found for company in companies if (found := business_id_of(company))]
