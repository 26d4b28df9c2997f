"""The files of the invented country: national ones in its inbox, those of each municipality in its workspace.

Here belongs: headers and how cells are written. Not here: what stands in them (`country`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

import polars as pl

from pipelines import contracts
from pipelines.contracts import message
from pipelines.country.folder import SETTINGS_FILE, Country
from pipelines.example.country import AMOUNTS, YEARS, Amounts, InventedCountry, Size, invent
from pipelines.example.price_files import write_prices
from pipelines.example.sheets import FILE_PREFIX
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

NAME = "Esimerkkimaa"
_LABEL = "Esimerkkiaineisto – keksitty kunta"
_STRAY_CODE = "000"
"""A municipality code that is on no list: rows of it are set aside."""

_DAY = "%-d.%-m.%Y"


def write_country(root: Path, size: Size, seed: int) -> int:
    """Make the folder of an invented country or region and return how many municipalities it has.

    The same size and seed give the same bytes.

    Raises
    ------
    WorkspaceError
        The folder is in use already.
    """
    return write_amounts(root, AMOUNTS[size], seed)


def write_amounts(root: Path, amounts: Amounts, seed: int) -> int:
    """Make the folder of an invented country of any size, as `write_country`."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise WorkspaceError(message("country.in_the_way", root=root).fi)
    country, drawn = Country(root), invent(amounts, seed)
    root.mkdir(parents=True, exist_ok=True)
    _write_settings(country, drawn)
    _write_register(country.inbox / "prh_register", drawn)
    _write_population(country.inbox / "population", drawn)
    _write_budgets(country.inbox / "municipal_finance", drawn)
    prices = country.inbox / "price_index"
    prices.mkdir(parents=True, exist_ok=True)
    write_prices(prices)
    for source, stem, frame, year in _of_towns(drawn):
        _write_parts(country.towns, source, stem, frame, year)
    return drawn.towns.height


def _write_settings(country: Country, drawn: InventedCountry) -> None:
    template = Template(contracts.example_town_settings())
    lines = [f'name = "{NAME} (esimerkkiaineisto)"', ""]
    for town in drawn.towns.iter_rows(named=True):
        code = town["town"]
        lines += ["[[towns]]", f'code = "{code}"', f'folder = "towns/{code}"', ""]
        settings = template.substitute(code=code, name=town["name"], business_id=town["business_id"])
        Workspace(country.root / "towns" / code).create(settings)
    (country.root / SETTINGS_FILE).write_text("\n".join(lines), encoding="utf-8")


def _write_register(folder: Path, drawn: InventedCountry) -> None:
    folder.mkdir(mode=0o700, parents=True)
    stray = drawn.associations.head(5).with_columns(
        town=pl.lit(_STRAY_CODE), register_number=pl.col("register_number") + 150_000, business_id=None
    )
    rows = pl.concat([drawn.associations, stray], how="vertical_relaxed")
    ended = pl.col("ended_on").is_not_null()
    table = rows.select(
        pl.format(
            "{}.{}", pl.col("register_number") // 1000, (pl.col("register_number") % 1000).cast(pl.String).str.zfill(3)
        ).alias("Rekisterinumero"),
        pl.col("business_id").alias("Y-tunnus"),
        pl.col("name").alias("Nimi"),
        pl.col("town").alias("Kotipaikka"),
        pl.col("registered_on").dt.strftime(_DAY).alias("Rekisteröintipäivä"),
        pl.when(ended).then(pl.lit("lakannut")).otherwise(pl.lit("rekisterissä")).alias("Tila"),
        pl.coalesce("ended_on", "registered_on").dt.strftime(_DAY).alias("Tilan päivä"),
        pl.when(ended).then(pl.lit("purettu")).alias("Päättymisen syy"),
        pl.col("purpose_class").alias("Tarkoitusluokka"),
    )
    _write_csv(folder / f"{FILE_PREFIX}rekisteriote_2025-12.csv", table)


def _write_population(folder: Path, drawn: InventedCountry) -> None:
    """Write one table of all municipalities: residents fall by half a per cent a year, in small ones by more."""
    folder.mkdir(mode=0o700, parents=True)
    codes, latest = (drawn.towns[name].to_list() for name in ("town", "residents"))
    labels = {f"KU{code}": name for code, name in drawn.towns.select("town", "name").iter_rows()}
    areas = {"SSS": "KOKO MAA (keksitty luku)", **labels}
    values: list[int] = []
    for year in YEARS:
        of_year = [round(count * (1 + 0.005 * (YEARS[-1] - year))) for count in latest]
        values += [sum(of_year), *of_year]
    years = {str(year): place for place, year in enumerate(YEARS)}
    answer = {
        "esimerkkiaineisto": _LABEL,
        "class": "dataset",
        "version": "2.0",
        "label": "Väestö 31.12. muuttujina Vuosi, Alue ja Tiedot",
        "id": ["timeperiod_y", "alue_23_20260101", "contentscode"],
        "size": [len(years), len(codes) + 1, 1],
        "role": {"metric": ["contentscode"], "time": ["timeperiod_y"]},
        "dimension": {
            "timeperiod_y": _dimension("Vuosi", {year: year for year in years}),
            "alue_23_20260101": _dimension("Alue", areas),
            "contentscode": _dimension("Tiedot", {"vaesto": "Väkiluku"}),
        },
        "value": values,
    }
    (folder / f"{FILE_PREFIX}vaesto.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _dimension(label: str, labels: Mapping[str, str]) -> dict[str, object]:
    index = {code: place for place, code in enumerate(labels)}
    return {"label": label, "category": {"index": index, "label": dict(labels)}}


def _write_budgets(folder: Path, drawn: InventedCountry) -> None:
    """Write the budgets of a year as one answer of the State Treasury."""
    folder.mkdir(mode=0o700, parents=True)
    figures = next(entry for entry in contracts.code_lists()["finance_indicators"].entries)
    for year in YEARS:
        rows = [
            {
                "ytunnus": town["business_id"],
                "raportointikokonaisuus": "KTAS",
                "raportointikausi": str(year),
                "hyvaksymisvaihe": "Lopullinen",
                "julkaisupvm": f"{year - 1}-12-18T09:12:33.100Z",
                "tunnusluku": figures.code,
                "tunnusluku_lab": "Toimintamenot",
                "arvo": str(town["residents"] * (3_000 + 60 * (year - YEARS[0]))),
            }
            for town in drawn.towns.iter_rows(named=True)
        ]
        text = json.dumps({"esimerkkiaineisto": _LABEL, "rivit": rows}, ensure_ascii=False)
        (folder / f"{FILE_PREFIX}ktas_{year}.json").write_text(text, encoding="utf-8")


def _of_towns(drawn: InventedCountry) -> Iterator[tuple[str, str, pl.DataFrame, pl.Expr]]:
    """Yield source, name of the file, rows under the headers of the templates with `town`, and the year of a row."""
    unreadable = pl.lit("ei tietoa")

    def cell(column: str) -> pl.Expr:
        return pl.when(pl.col("is_faulty")).then(unreadable).otherwise(pl.col(column).cast(pl.String))

    def euros(column: str) -> pl.Expr:
        return pl.col(column).round(2).cast(pl.String).str.replace(".", ",", literal=True)

    grants = drawn.grants.with_row_index("number").select(
        "town",
        year=pl.col("decided_on").dt.year(),
        Hakemusnumero=pl.format("{}-{}", pl.col("decided_on").dt.year(), "number"),
        Hakija="recipient",
        **{"Y-tunnus": pl.col("business_id")},
        Toimielin="body",
        Avustuslaji="grant_type",
        Haettu=euros("applied"),
        Myönnetty=pl.when("is_faulty").then(unreadable).otherwise(euros("awarded")),
        Maksettu=euros("paid"),
        Päätöspäivä=pl.col("decided_on").dt.strftime(_DAY),
        Maksupäivä=pl.when(pl.col("paid") > 0).then(
            (pl.col("decided_on") + pl.duration(days="paid_after")).dt.strftime(_DAY)
        ),
        Tili=pl.lit("4742"),
        Edelleenavustus=pl.lit("ei"),
    )
    yield "grant_ledger", "avustukset", grants, pl.col("year")
    returns = drawn.returns.select(
        "town",
        year="year",
        Vuosi="year",
        Yhdistys="association",
        **{"Y-tunnus": pl.col("business_id")},
        Jäsenmäärä=cell("members"),
        Talkootunnit="hours",
        Talkoolaiset="persons",
        Laskentatapa=pl.lit("koko vuosi"),
        Tapahtumat="events",
        **{
            "Yhteiset tapahtumat": pl.col("joint_events"),
            "Yhteistyön arvosana": pl.col("grade"),
            "Yhteistyö sujuu": pl.col("works"),
        },
    )
    yield "association_returns", "vuosi-ilmoitukset", returns, pl.col("year")
    events = drawn.events.select(
        "town",
        year=pl.col("held_on").dt.year(),
        Päivä=pl.col("held_on").dt.strftime(_DAY),
        Nimi="name",
        Paikka="place",
        Järjestäjät="organisers",
        Osallistujat=cell("participants"),
    )
    yield "events", "tapahtumat", events, pl.col("year")
    bookings = drawn.bookings.select(
        "town",
        year=pl.col("day").dt.year(),
        Tila="premises",
        Varaaja="booker",
        **{"Y-tunnus": pl.col("business_id")},
        Alkaa=pl.format("{} {}:00", pl.col("day").dt.strftime(_DAY), "begins"),
        Päättyy=pl.format("{} {}:00", pl.col("day").dt.strftime(_DAY), "ends"),
        Hinta=pl.when("is_faulty").then(unreadable).otherwise(euros("price")),
        Listahinta=euros("list_price"),
        **{"Varauksen tila": pl.col("state")},
    )
    yield "premises_bookings", "varaukset", bookings, pl.col("year")


def _write_parts(towns: Mapping[str, Workspace], source: str, stem: str, frame: pl.DataFrame, year: pl.Expr) -> None:
    parts = frame.with_columns(year=year).partition_by("town", "year", as_dict=True, include_key=False)
    for (town, of_year), part in parts.items():
        _write_csv(towns[str(town)].inbox / source / f"{FILE_PREFIX}{stem}_{of_year}.csv", part)


def _write_csv(path: Path, table: pl.DataFrame) -> None:
    """Write a file as spreadsheets do, with the label of the example above its headers."""
    text = table.write_csv(separator=";", line_terminator="\r\n")
    path.write_bytes(f"\ufeff{_LABEL}\r\n{text}".encode())
