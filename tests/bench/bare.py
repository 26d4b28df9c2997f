"""The eight indicators of the handbook by a bare script of Polars, DuckDB and svy: what a refresh is measured against.

`python tests/bench/bare.py WORKSPACE` reads the files of the inbox, types them, finds out which association is meant,
joins and estimates, and prints one JSON object: indicator to year (or term) to value. It imports nothing of the
project; the contracts and code lists are read for the headers and words that the files use. It does what an analyst
would write to get the figures once, so it has no quarantine, checks, lineage, disclosure control, edition or history,
and settles duplicates, persons and doubtful names more roughly; `refresh.py` prints how far its figures are from ours.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import polars as pl
import svy
import yaml
from rapidfuzz import fuzz, process

CONTRACTS = Path(__file__).parents[2] / "data_contracts"
TOTALS = {
    "volunteer_hours": "volunteer_hours",
    "volunteer_persons": "volunteer_persons",
    "memberships": "members",
    "association_events": "events",
    "joint_events": "joint_events",
}
SMALLEST, SMALLEST_SURVEY = 5, 30
Row = Sequence[str | None]
Values = dict[str, dict[str, float]]


def main(workspace: Path) -> Values:
    """Return the value of each indicator by year or council term."""
    settings = tomllib.loads((workspace / "municipality.toml").read_text(encoding="utf-8"))
    frames = {source: _frame(source, workspace / "inbox" / source) for source in _SOURCES}
    connection = duckdb.connect()
    register = _register(frames["prh_register"], workspace / "inbox" / "prh_register", connection)
    linked = {source: _linked(frames[source], column, register) for source, column in _NAMES.items()}
    for name, frame in {**frames, **linked, "register": register}.items():
        connection.register(name, frame)
    connection.execute(_ACTIVE)
    field = connection.sql(_FIELD).pl()
    values = _returns(field)
    values |= _residents(frames["resident_survey"], workspace, settings)
    expenses = _expenses(workspace / "inbox" / "municipal_finance", settings["municipality"]["business_id"])
    connection.register("expenses", expenses)
    for indicator, year, value in connection.sql(_SUMS).fetchall():
        values.setdefault(indicator, {})[str(year)] = value
    return values


# --- reading and typing


@cache
def _load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def _spellings(codes: str) -> Mapping[str, str]:
    entries = _load(CONTRACTS / "codes" / f"{codes}.yaml")["entries"]
    return {
        _fold(str(word)): str(entry["code"])
        for entry in entries
        for word in (
            entry["code"],
            *(entry.get(language, "") for language in ("fi", "sv", "en")),
            *entry.get("synonyms", ()),
        )
    }


def _fold(text: str | None) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\(.*?\)", "", text or "")).strip().casefold()


@cache
def _headers(source: str) -> Mapping[str, str]:
    """Return the column of each header of a source."""
    (schema,) = _load(CONTRACTS / "sources" / f"{source}.odcs.yaml")["schema"]
    found = {}
    for prop in schema["properties"]:
        custom = {item["property"]: item["value"] for item in prop.get("customProperties", ())}
        found |= {_fold(str(word)): prop["name"] for word in (prop["businessName"], *custom.get("synonyms", ()))}
    return found


def _frame(source: str, folder: Path) -> pl.DataFrame:
    """Return all rows of a source as text, in the order of the files."""
    headers, columns = _headers(source), _SOURCES[source]
    frames = [pl.DataFrame(schema=dict.fromkeys(columns, pl.String))]
    for file in sorted(folder.iterdir()):
        for rows in _tables(source, file):
            start = next((n for n, row in enumerate(rows) if sum(_fold(cell) in headers for cell in row) >= 3), None)
            if start is None:
                continue
            named = [headers.get(_fold(cell), "") for cell in rows[start]]
            width = len(named)
            cells = [row for row in rows[start + 1 :] if len(row) == width and any(row) and not _is_total(row)]
            read = {name: [row[n] for row in cells] for n, name in enumerate(named) if name in columns}
            frame = pl.DataFrame(read, schema=dict.fromkeys(read, pl.String))
            missing = [pl.lit(None, pl.String).alias(name) for name in columns if name not in read]
            frames.append(frame.unique(maintain_order=True).with_columns(missing).select(columns))
    return pl.concat(frames).with_columns(_typed(name).alias(name) for name in columns)


def _is_total(row: Row) -> bool:
    return any(cell and cell.casefold().startswith("yhteensä") for cell in row)


def _tables(source: str, file: Path) -> Iterator[list[Row]]:
    if file.suffix == ".csv":
        content = file.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252")
        yield list(csv.reader(io.StringIO(text), delimiter=max(";,\t", key=text.count)))
    elif file.suffix == ".xlsx":
        book = fastexcel.read_excel(str(file))
        for sheet in book.sheet_names:
            yield book.load_sheet(sheet, header_row=None, dtypes="string").to_polars().rows()
    elif file.suffix == ".json" and source in _FIELDS:
        key, fields = _FIELDS[source]
        told = json.loads(file.read_text(encoding="utf-8"))[key]
        yield [list(fields), *[[_path(item, path) for path in fields.values()] for item in told]]


def _path(item: Any, path: str) -> str | None:
    for part in path.split("."):
        item = item.get(part) if isinstance(item, dict) else None
    return None if item is None else str(item)


def _typed(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars().replace("", None)
    if name in _NUMBERS:
        bare = text.str.replace_all(r"[\s\u00a0\u202f€]", "").str.replace("−", "-").str.replace(",", ".", literal=True)
        return bare.str.extract(r"^(-?\d+(?:\.\d+)?)").cast(pl.Float64, strict=False)
    if name in _DAYS:
        day = pl.coalesce(
            text.str.to_date("%d.%m.%Y", strict=False),
            text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
            text.str.extract(r"^(\d+\.\d+\.\d{4})").str.to_date("%d.%m.%Y", strict=False),
        )
        return pl.when(day.dt.year().is_between(1850, 2100)).then(day)
    if name in _TIMES:
        return pl.coalesce(
            text.str.to_datetime("%d.%m.%Y %H:%M", strict=False),
            text.str.slice(0, 19).str.replace("T", " ").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False),
        )
    if name in _CODES:
        words = _spellings(_CODES[name])
        return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    return text


# --- which association is meant


def _register(rows: pl.DataFrame, folder: Path, connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return one row an association: `number`, `business_id`, `name`, `old`, `grp`, `home`, `since`, `until`."""
    changed = [_of_response(item) for file in sorted(folder.glob("*.json")) for item in _responses(file)]
    whole = pl.concat([rows, pl.DataFrame(changed, schema=rows.schema)])
    connection.register("told", whole.with_row_index("place"))
    groups = [(code, group) for code, group in _spellings("purpose_groups").items() if code.isdigit()]
    connection.register("purposes", pl.DataFrame(groups, schema=["class", "grp"], orient="row"))
    return connection.sql(_REGISTER).pl()


def _responses(file: Path) -> list[dict[str, Any]]:
    return [item["BasicInfoResponse"] for item in json.loads(file.read_text(encoding="utf-8"))["vastaukset"]]


def _of_response(item: dict[str, Any]) -> dict[str, Any]:
    names = {name["AssociationNameStatus"]: name["AssociationName"] for name in item["AssociationNameInfo"]}
    told = {key.casefold(): value for key, value in _flat(item)}
    day = str(told.get("registrydate") or "")[:10]
    return {
        "register_number": str(told.get("registrationnumber") or ""),
        "business_id": told.get("businessid"),
        "name": names.get("R"),
        "previous_names": names.get("VE"),
        "domicile": str(told.get("domicile") or ""),
        "registered_on": pl.Series([day]).str.to_date("%Y-%m-%d", strict=False).item(),
        "status": "registered",
        "status_date": None,
        "purpose_class": str(told.get("purposeclass") or told.get("purpose") or ""),
    }


def _flat(item: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(item, dict):
        for key, value in item.items():
            if isinstance(value, dict | list):
                yield from _flat(value)
            else:
                yield key, value
    elif isinstance(item, list):
        for part in item:
            yield from _flat(part)


def _key(name: str | None) -> str:
    words = re.sub(r"[^\w ]", " ", re.sub(r"\(.*?\)", "", (name or "").casefold().replace(".", ""))).split()
    return " ".join(word for word in words if word not in {"ry", "rf"})


def _linked(rows: pl.DataFrame, column: str, register: pl.DataFrame) -> pl.DataFrame:
    """Give each row the `number` of the association that it names: by business id, by name, by a name much like it."""
    by_id = dict(register.filter(pl.col("business_id").is_not_null()).select("business_id", "number").iter_rows())
    by_name: dict[str, str] = {}
    for number, name, old in register.select("number", "name", "old").iter_rows():
        for one in (name, *(old or "").split(";")):
            if one:
                by_name.setdefault(_key(one), number)
    if column in {"organisers", "associations"}:
        rows = rows.with_columns(pl.col(column).str.split(";")).explode(column)
    named = {name: _key(name) for name in rows[column].unique().drop_nulls()}
    unknown = sorted({key for key in named.values() if key and key not in by_name})
    found = {key: by_name[key] for key in named.values() if key in by_name}
    if unknown:
        known = list(by_name)
        scores = process.cdist(unknown, known, scorer=fuzz.token_sort_ratio)
        for key, row in zip(unknown, scores, strict=True):
            if row.max() >= 90:
                found[key] = by_name[known[int(row.argmax())]]
    ids = rows["business_id"] if "business_id" in rows.columns else [None] * rows.height
    numbers = [
        by_id.get(one or "") or found.get(named.get(name, "")) for one, name in zip(ids, rows[column], strict=True)
    ]
    return rows.with_columns(number=pl.Series(numbers, dtype=pl.String))


# --- estimates


def _returns(field: pl.DataFrame) -> Values:
    """Estimate what the associations told for all active ones, the whole and each purpose group."""
    values: Values = {}
    columns = {**TOTALS, "cooperation_grade": "cooperation_grade", "cooperation_works_share": "agrees"}
    for (year,), of_year in field.sort("year", "number").group_by(["year"], maintain_order=True):
        for indicator, column in columns.items():
            sized = _stratified(of_year, column)
            answers = sized.filter(pl.col(column).is_not_null())
            if answers.height < SMALLEST:
                continue
            data = answers.select("stratum", "weight", "size", "grp", column)
            sample = svy.Sample(data, svy.Design(stratum="stratum", wgt="weight", pop_size="size"))
            kind = "total" if indicator in TOTALS else "mean" if column == "cooperation_grade" else "prop"
            values.setdefault(indicator, {})[str(year)] = _point(getattr(sample.estimation, kind)(column))
            getattr(sample.estimation, kind)(column, by="grp")  # the groups too, as the edition shows them
    return values


def _stratified(of_year: pl.DataFrame, column: str) -> pl.DataFrame:
    told = pl.col(column).is_not_null()
    cells = of_year.with_columns(
        of_cell=told.sum().over("grp", "got_grant").min().over("grp"), of_group=told.sum().over("grp")
    )
    stratum = (
        pl.when(pl.col("of_cell") >= SMALLEST)
        .then(pl.format("{}/{}", "grp", "got_grant"))
        .when(pl.col("of_group") >= SMALLEST)
        .then("grp")
        .otherwise(pl.lit("rest"))
    )
    named = cells.with_columns(stratum=stratum)
    if named.filter(pl.col("stratum") == "rest").select(told.sum()).item() < SMALLEST:
        named = named.with_columns(stratum=pl.col("stratum").replace("rest", named["stratum"].mode().sort()[0]))
    return named.with_columns(size=pl.len().over("stratum")).with_columns(
        weight=pl.col("size") / told.sum().over("stratum")
    )


def _point(found: Any) -> float:
    estimates = [one for part in (found if isinstance(found, Sequence) else [found]) for one in part.estimates]
    return float(next(one.est for one in estimates if one.y_level in (None, 1)))


def _residents(rows: pl.DataFrame, workspace: Path, settings: dict[str, Any]) -> Values:
    """Estimate what the answers to the survey say of all adults: raked to age × sex, and to the areas."""
    values: Values = {}
    areas = {word.casefold(): area for area in settings["areas"] for word in (area["fi"], *area.get("synonyms", ()))}
    adults = _adults(workspace / "inbox" / "population" / "esimerkkiaineisto_vaesto_11re.json")
    answers = rows.with_columns(
        area=pl.col("area")
        .str.to_lowercase()
        .replace_strict({word: area["code"] for word, area in areas.items()}, default=None),
        cell=pl.concat_str("age_group", "sex", separator="/"),
        knows_where_to_ask=pl.col("knows_where_to_ask").replace("cannot_say", "no"),
    )
    yes = [
        (pl.col(name) == "yes").cast(pl.Int64).alias(name)
        for name in ("participated", "volunteered", "knows_where_to_ask")
    ]
    for (term,), of_term in answers.with_columns(yes).group_by(["term"], maintain_order=True):
        if of_term.height < SMALLEST_SURVEY:  # a council term that somebody misspelt
            continue
        year = of_term["answered_on"].dt.year().max()
        cells = adults.filter((pl.col("year") == year) & pl.col("cell").is_in(of_term["cell"].unique().to_list()))
        told = of_term.filter(pl.col("cell").is_in(cells["cell"].to_list()) & pl.col("area").is_not_null())
        total = float(cells["residents"].sum())
        known = {
            area["code"]: area["residents"][str(year)]
            for area in settings["areas"]
            if area["code"] in set(told["area"])
        }
        controls = {
            "cell": {cell: float(count) for cell, count in cells.select("cell", "residents").iter_rows()},
            "area": {code: count * total / sum(known.values()) for code, count in known.items()},
        }
        for indicator, column in _RESIDENTS.items():
            data = told.filter(pl.col(column).is_not_null()).with_columns(
                base=1.0, answer=pl.col(column).cast(pl.Int64)
            )
            sample = svy.Sample(data, svy.Design(wgt="base")).weighting.rake(controls=controls, max_iter=1_000)
            kind = "mean" if column == "satisfaction" else "prop"
            values.setdefault(indicator, {})[str(term)] = _point(getattr(sample.estimation, kind)("answer"))
            for breakdown in ("age_group", "sex", "area"):
                getattr(sample.estimation, kind)("answer", by=breakdown)
    return values


def _adults(file: Path) -> pl.DataFrame:
    told = json.loads(file.read_text(encoding="utf-8"))
    levels = [list(told["dimension"][name]["category"]["index"]) for name in told["id"]]
    grid = pl.DataFrame({told["id"][0]: levels[0]})
    for name, of_level in zip(told["id"][1:], levels[1:], strict=True):
        grid = grid.join(pl.DataFrame({name: of_level}), how="cross", maintain_order="left_right")
    age = pl.col("ika").str.extract(r"^(\d+)").cast(pl.Int64)
    codes = list(dict.fromkeys(_spellings("age_groups").values()))
    starts = [int(re.split(r"\D", code)[0]) for code in codes]
    group = pl.lit(codes[0])
    for start, code in zip(starts[1:], codes[1:], strict=True):
        group = pl.when(pl.col("age") >= start).then(pl.lit(code)).otherwise(group)
    sex = pl.col("sukupuoli").str.to_lowercase().replace_strict(_spellings("population_sexes"), default=None)
    return (
        grid.with_columns(
            residents=pl.Series(told["value"]), age=age, sex=sex, year=pl.col("timeperiod_y").cast(pl.Int64)
        )
        .filter(pl.col("sex").is_in(["male", "female"]) & (pl.col("age") >= 18))
        .with_columns(cell=pl.concat_str(group, "sex", separator="/"))
        .group_by("year", "cell", maintain_order=True)
        .agg(pl.col("residents").sum())
    )


def _expenses(folder: Path, business_id: str) -> pl.DataFrame:
    rows = [
        row
        for file in sorted(folder.glob("*.json"))
        for row in json.loads(file.read_text(encoding="utf-8")).get("rivit", ())
    ]
    wanted = [
        row
        for row in rows
        if row["ytunnus"] == business_id and str(row["tunnusluku"]) == "632" and row["arvo"] not in (None, "..")
    ]
    found = {int(row["raportointikausi"][:4]): float(row["arvo"]) for row in wanted}
    return pl.DataFrame(list(found.items()), schema={"year": pl.Int64, "eur": pl.Float64}, orient="row")


_SOURCES: Mapping[str, tuple[str, ...]] = {
    "prh_register": (
        "register_number", "business_id", "name", "previous_names", "domicile", "registered_on", "status", "status_date", "purpose_class",
    ),
    "association_returns": (
        "year", "association_name", "business_id", "members", "volunteer_hours", "volunteer_persons", "counting_method", "events",
        "joint_events", "cooperation_grade", "cooperation_works",
    ),
    "grant_ledger": ("application_number", "recipient_name", "business_id", "granting_body", "awarded_eur", "decided_on", "is_regrant"),
    "umbrella_members": ("member_name", "business_id", "valid_from", "valid_to"),
    "premises_bookings": ("booker_name", "business_id", "starts_at", "ends_at", "state"),
    "events": ("held_on", "name", "organisers", "city_unit"),
    "meetings": ("held_on", "forum", "associations"),
    "directory_listings": ("association_name", "business_id", "updated_on"),
    "city_work": ("done_on", "city_unit", "kind", "hours", "association_name"),
    "resident_survey": (
        "term", "answered_on", "age_group", "sex", "area", "participated", "volunteered", "satisfaction", "knows_where_to_ask",
    ),
}  # fmt: skip
_NAMES = {
    "association_returns": "association_name",
    "grant_ledger": "recipient_name",
    "umbrella_members": "member_name",
    "premises_bookings": "booker_name",
    "events": "organisers",
    "meetings": "associations",
    "directory_listings": "association_name",
}
_FIELDS = {
    "premises_bookings": (
        "varaukset",
        {"Varaaja": "reservee_organisation_name", "Y-tunnus": "reservee_id", "Alkaa": "begin", "Päättyy": "end", "Varauksen tila": "state"},
    ),
    "events": ("data", {"Päivä": "start_time", "Nimi": "name.fi", "Järjestäjät": "provider.fi"}),
}  # fmt: skip
_NUMBERS = {
    "year", "members", "volunteer_hours", "volunteer_persons", "events", "joint_events", "cooperation_grade", "cooperation_works",
    "awarded_eur", "hours", "satisfaction",
}  # fmt: skip
_DAYS = {
    "registered_on",
    "status_date",
    "decided_on",
    "valid_from",
    "valid_to",
    "held_on",
    "updated_on",
    "done_on",
    "answered_on",
}
_TIMES = {"starts_at", "ends_at"}
_CODES = {
    "status": "association_status", "counting_method": "counting_method", "state": "booking_states", "is_regrant": "yes_no",
    "kind": "work_kinds", "age_group": "age_groups", "sex": "sexes", "participated": "yes_no", "volunteered": "yes_no",
    "knows_where_to_ask": "knows_answers",
}  # fmt: skip
_RESIDENTS = {
    "resident_participation_share": "participated",
    "resident_volunteering_share": "volunteered",
    "resident_satisfaction": "satisfaction",
    "residents_know_where_to_ask_share": "knows_where_to_ask",
}

_REGISTER = """
SELECT replace(register_number, '.', '') AS number, business_id, name, previous_names AS old,
    coalesce(grp, 'unknown') AS grp, registered_on AS since, CASE WHEN status = 'ended' THEN status_date END AS until
FROM told LEFT JOIN purposes ON class = left(purpose_class, 1) || '00'
WHERE register_number IS NOT NULL AND status <> 'pending'
QUALIFY row_number() OVER (PARTITION BY number ORDER BY place DESC) = 1
"""
_ACTIVE = """
CREATE TABLE evidence AS
SELECT number, make_date(year::INT, 12, 31) AS day FROM association_returns WHERE year BETWEEN 1900 AND 2100
UNION ALL SELECT number, decided_on FROM grant_ledger WHERE coalesce(is_regrant, 'no') = 'no'
UNION ALL SELECT number, valid_from FROM umbrella_members
UNION ALL SELECT number, starts_at::DATE FROM premises_bookings WHERE state = 'confirmed'
UNION ALL SELECT number, held_on FROM events
UNION ALL SELECT number, held_on FROM meetings
UNION ALL SELECT number, updated_on FROM directory_listings;
CREATE TABLE years AS SELECT unnest(range(2015, 2026)) AS year
"""
_FIELD = """
WITH last_answer AS (
    SELECT * FROM (SELECT *, row_number() OVER () AS place FROM association_returns)
    QUALIFY row_number() OVER (PARTITION BY number, year ORDER BY place DESC) = 1
)
SELECT years.year, register.number, grp,
    EXISTS (
        FROM grant_ledger AS grants
        WHERE grants.number = register.number AND year(decided_on) = years.year AND awarded_eur > 0
    ) AS got_grant,
    CASE WHEN counting_method = 'two_months' THEN volunteer_hours * 6 ELSE volunteer_hours END AS volunteer_hours,
    volunteer_persons, members, events, joint_events, cooperation_grade, (cooperation_works >= 4)::BIGINT AS agrees
FROM register CROSS JOIN years
LEFT JOIN last_answer ON last_answer.number = register.number AND last_answer.year = years.year
WHERE since <= make_date(years.year, 12, 31) AND (until IS NULL OR until > make_date(years.year, 12, 31))
    AND EXISTS (
        FROM evidence
        WHERE evidence.number = register.number AND day <= make_date(years.year, 12, 31)
            AND day > make_date(years.year, 12, 31) - INTERVAL 24 MONTH
    )
"""
_SUMS = """
SELECT 'grants_awarded_eur', year(decided_on), sum(awarded_eur) FROM grant_ledger
WHERE granting_body IS NOT NULL AND coalesce(is_regrant, 'no') = 'no' AND decided_on IS NOT NULL GROUP BY 2
UNION ALL
SELECT 'grants_share_of_budget', year, sum(awarded_eur) / any_value(eur) FROM grant_ledger
JOIN expenses ON expenses.year = year(decided_on)
WHERE granting_body IS NOT NULL AND coalesce(is_regrant, 'no') = 'no' GROUP BY 2
UNION ALL SELECT 'city_staff_hours', year(done_on), sum(hours) FROM city_work WHERE done_on IS NOT NULL GROUP BY 2
UNION ALL
SELECT 'city_assistance', year(done_on), count(*) FROM city_work
WHERE kind = 'assistance' AND done_on IS NOT NULL GROUP BY 2
UNION ALL SELECT 'city_events', year(done_on), count(*) FROM city_work WHERE kind = 'event' AND done_on IS NOT NULL GROUP BY 2
UNION ALL
SELECT 'premises_hours', year(starts_at), sum(date_diff('minute', starts_at, ends_at) / 60.0) FROM premises_bookings
WHERE state = 'confirmed' AND number IS NOT NULL AND ends_at > starts_at GROUP BY 2
"""

if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
