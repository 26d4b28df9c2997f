"""Grants in the 360Giving Data Standard, version 1.4 (https://standard.threesixtygiving.org).

Here belongs: one entry a grant to an organisation. Not here: private persons, money passed on and grants of which
nothing was left; the description of the file says how many they are and how much.

Organisations are named by org-id.guide identifiers: list `FI-PRO` (the Finnish Patent and Registration Office) and the
Y-tunnus. Those without one get an identifier of this publisher, as the standard advises.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import polars as pl
from babel.dates import format_date

from pipelines import contracts
from pipelines.check_digit import has_valid_check_digit
from pipelines.contract_model import Text
from pipelines.open_data.files import write_json
from pipelines.open_data.frames import Frames

NAME = "grants_360giving.json"
SCHEMA = "https://standard.threesixtygiving.org/en/1.4/technical/reference/"

LANGUAGE: Final = "fi"
"""The standard has one text a field; the town's own registers are in Finnish."""

ORGANISATIONS: Final = "FI-PRO"
CURRENCY: Final = "EUR"
LONGEST_TITLE: Final = 140
"""Characters; a rule of the standard's quality checks."""


def write(folder: Path, frames: Frames) -> Path | None:
    """Write the grants; the standard knows no file without a grant, so without grants there is none."""
    awarded = _awarded(frames)
    if awarded.is_empty():
        return None
    facts = frames.edition
    day = facts["data_until"].isoformat()
    package = {
        "version": "1.4",
        "title": f"{facts['municipality_name']}: {title(frames)[LANGUAGE]}",
        "description": description(frames)[LANGUAGE],
        "identifier": f"{_prefix(facts)}-{facts['edition_id']}",
        "issued": day,
        "modified": f"{day}T00:00:00Z",
        "publisher": {
            "name": facts["municipality_name"],
            "identifier": _registered(facts["municipality_business_id"]),
        },
        "license": contracts.open_data().licence.address,
        "grants": [_grant(frames, row) for row in awarded.sort("decided_on", "grant_id").iter_rows(named=True)],
    }
    return write_json(folder / NAME, package)


def title(frames: Frames) -> Text:
    """Return the title of the file."""
    return frames.filled(contracts.open_data().grants["title"])


def description(frames: Frames) -> Text:
    """Return what the file holds and what was left out of it, in numbers and euros."""
    everything = frames["marts.grant_awards"]
    persons = everything.filter(pl.col("recipient").is_null() & ~pl.col("is_regrant"))
    regrants = everything.filter("is_regrant")
    nothing = frames["marts.grant_decisions"].filter(~pl.col("is_regrant") & (pl.col("awarded_eur") <= 0))
    return frames.described(
        contracts.open_data().grants["description"],
        persons_count=int(persons["decisions"].sum()),
        persons_eur=_sum(persons),
        regrants_count=int(regrants["decisions"].sum()),
        regrants_eur=_sum(regrants),
        nothing_count=nothing.height,
        nothing_eur=_sum(nothing),
    )


def _awarded(frames: Frames) -> pl.DataFrame:
    return frames["marts.grant_decisions"].filter(~pl.col("is_regrant") & (pl.col("awarded_eur") > 0))


def _grant(frames: Frames, row: dict[str, Any]) -> dict[str, Any]:
    facts = frames.edition
    decided_on: date = row["decided_on"]
    said = {
        "grant_type": _label(frames, "grant_types", row["grant_type"]),
        "granting_body": _label(frames, "granting_bodies", row["granting_body"]),
        "recipient": row["recipient"],
        "year": str(decided_on.year),
        "day": _written(decided_on),
    }
    words = contracts.open_data().grants
    amounts = {
        "amountAppliedFor": row["applied_eur"],
        "amountAwarded": row["awarded_eur"],
        "amountDisbursed": row["paid_eur"],
    }
    return {
        "id": f"{_prefix(facts)}-{row['grant_id']}",
        "title": _title(words["grant_title"][LANGUAGE].format(**said)),
        "description": words["grant_description"][LANGUAGE].format(**said),
        "currency": CURRENCY,
        **{name: float(amount) for name, amount in amounts.items() if amount is not None},
        "awardDate": decided_on.isoformat(),
        "recipientOrganization": [{"id": _recipient(facts, row), "name": row["recipient"]}],
        "fundingOrganization": [
            {
                "id": _registered(facts["municipality_business_id"]),
                "name": facts["municipality_name"],
                "department": said["granting_body"],
            }
        ],
        "grantProgramme": [{"code": row["grant_type"], "title": said["grant_type"]}],
        "dateModified": f"{facts['data_until'].isoformat()}T00:00:00Z",
    }


@lru_cache(maxsize=4_096)
def _written(day: date) -> str:
    return format_date(day, "d.M.yyyy")


def _recipient(facts: dict[str, Any], row: dict[str, Any]) -> str:
    business_id = row["business_id"]
    if business_id and has_valid_check_digit(business_id):
        return _registered(business_id)
    own = row["register_number"] or sha256(row["recipient"].casefold().encode()).hexdigest()[:12]
    return f"{_prefix(facts)}-org-{own}"


def _registered(business_id: str) -> str:
    return f"{ORGANISATIONS}-{business_id}"


def _prefix(facts: dict[str, Any]) -> str:
    """Return what the publisher's own identifiers begin with; the Y-tunnus keeps it from being anybody else's."""
    return f"360G-{facts['municipality_business_id'].replace('-', '')}"


def _label(frames: Frames, codes: str, code: str) -> str:
    label = frames.labels.get((codes, code))
    return label[LANGUAGE] if label else code


def _title(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _sum(rows: pl.DataFrame) -> Decimal:
    return sum(rows["awarded_eur"], Decimal(0))
