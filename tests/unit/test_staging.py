"""Staging: every row is staged or set aside, every euro is counted, and no person's name goes on."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import polars as pl
import pytest

from pipelines import contracts, parsing, receiving, staging
from pipelines.linking import name_key
from pipelines.reading import read_file
from pipelines.settings import Settings, parse_settings
from pipelines.staging import AccountingError, Staged

LEDGER = "Hakemusnumero;Hakija;Y-tunnus;Toimielin;Avustuslaji;Käyttötarkoitus;Haettu;Myönnetty;Maksettu;Päätöspäivä;Maksupäivä"
REGISTER = "Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä"
GOOD = "1;Kuviteltu Latu ry;;Liikuntatoimi;toiminta-avustus;Hiihtokoulu;3 000,00;2 500,00;2 500,00;14.3.2024;30.11.2024"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return parse_settings(contracts.municipality_settings("esimerkkila"), "municipality.toml")


def raw_of(source: str, *files: tuple[str, ...]) -> pl.DataFrame:
    """Read files, each given as its lines, as the raw room lays them out."""
    frames = [pl.DataFrame(schema=staging.RAW_SCHEMA)]
    for delivery, lines in enumerate(files, start=1):
        content = ("\n".join(lines) + "\n").encode()
        sha256 = hashlib.sha256(content).hexdigest()
        tables = read_file(content, "file.csv", contracts.sources()[source])
        frames.extend(receiving.raw_frame(sha256, delivery, table) for table in tables)
    return pl.concat(frames)


def staged(settings: Settings, source: str, *files: tuple[str, ...], known: tuple[str, ...] = ()) -> Staged:
    return staging.stage(contracts.sources()[source], raw_of(source, *files), settings, known=known)


def rules_of(result: Staged, line: int) -> list[str]:
    found = result.findings.filter(pl.col("line") == line)["rule_id"].to_list()
    return [rule.partition(".")[2] for rule in found]


def ledger_row(**cells: str) -> str:
    """The good row of the ledger with other cells, by header."""
    named = dict(zip(LEDGER.split(";"), GOOD.split(";"), strict=True)) | {
        key.replace("_", "-"): cell for key, cell in cells.items()
    }
    return ";".join(named.values())


def test_every_row_is_staged_or_quarantined_and_so_is_every_euro(settings: Settings) -> None:
    lines = (
        LEDGER,
        GOOD,
        ledger_row(Hakemusnumero="2", Haettu="100,00", Myönnetty="-20,50", Maksettu="-20,50"),
        ledger_row(Hakemusnumero="3", Toimielin="Olematon toimielin", Haettu="10", Myönnetty="-5,25", Maksettu=""),
        ledger_row(Hakemusnumero="4", Myönnetty="paljon", Haettu="7", Maksettu=""),
    )
    result = staged(settings, "grant_ledger", lines)
    (account,) = result.accounts.to_dicts()
    assert (account["rows_read"], account["rows_staged"], account["rows_quarantined"]) == (4, 2, 2)
    assert account["eur_read"] == Decimal("8070.75")
    assert account["eur_staged"] == Decimal("8059.00")
    assert account["eur_quarantined"] == Decimal("11.75")
    assert account["rows_without_euros"] == 1
    assert result.rows["line"].to_list() == [2, 3]
    assert result.quarantine.select("line", "eur").rows() == [(4, Decimal("4.75")), (5, Decimal("7.00"))]


def test_the_quarantine_keeps_the_row_as_it_came_and_its_reasons(settings: Settings) -> None:
    line = ledger_row(Toimielin="Olematon toimielin", Myönnetty="paljon")
    result = staged(settings, "grant_ledger", (LEDGER, line))
    (row,) = result.quarantine.to_dicts()
    assert row["cells"] == [cell or None for cell in line.split(";")]
    assert row["rule_ids"] == ["grant_ledger.awarded_eur_readable", "grant_ledger.granting_body_readable"]
    cells = dict(result.findings.select("column_name", "cell").rows())
    assert cells == {"awarded_eur": "paljon", "granting_body": "Olematon toimielin"}


def test_total_rows_and_titles_are_outside_and_no_data(settings: Settings) -> None:
    lines = ("Avustukset 2024;;;;;;;;;;", LEDGER, GOOD, "Yhteensä;;;;;;3 000,00;2 500,00;2 500,00;;")
    (account,) = staged(settings, "grant_ledger", lines).accounts.to_dicts()
    assert (account["rows_read"], account["rows_outside"], account["eur_read"]) == (1, 2, Decimal("8000.00"))


def test_a_source_without_money_has_no_euros(settings: Settings) -> None:
    result = staged(settings, "prh_register", (REGISTER, "100.001;;Kuviteltu Latu ry;998;1.2.2001;rekisterissä;"))
    (account,) = result.accounts.to_dicts()
    assert [account[name] for name in staging.EUROS] == [None] * 3
    assert result.accounts.schema["eur_read"] == pl.Decimal(16, 2)
    assert (account["rows_staged"], account["rows_without_euros"]) == (1, 0)


def test_each_file_has_an_account_of_its_own_though_none_of_its_rows_is_good(settings: Settings) -> None:
    bad = ledger_row(Toimielin="Olematon")
    result = staged(settings, "grant_ledger", (LEDGER, bad), (LEDGER, GOOD))
    assert result.accounts.select("rows_read", "rows_staged", "rows_quarantined").rows() == [(1, 0, 1), (1, 1, 0)]
    assert result.accounts["eur_staged"].to_list() == [Decimal(0), Decimal("8000.00")]
    assert result.accounts["eur_quarantined"].to_list() == [Decimal("8000.00"), Decimal(0)]


@pytest.mark.parametrize("source", sorted(contracts.sources()))
def test_a_source_that_has_not_come_is_empty_well_typed_and_without_personal_columns(
    source: str, settings: Settings
) -> None:
    contract = contracts.sources()[source]
    result = staging.stage(contract, pl.DataFrame(schema=staging.RAW_SCHEMA), settings)
    assert [frame.height for frame in (result.rows, result.quarantine, result.findings, result.accounts)] == [0] * 4
    for column in contract.staged_columns:
        assert result.rows.schema[column.name] == parsing.POLARS_TYPES[column.duckdb_type]
    assert {outcome.rule.id for outcome in result.results} == {rule.id for rule in contract.rules}
    personal = {column.name for column in contract.columns if column.is_personal}
    for frame in (staging.text_frame(contract, pl.DataFrame(schema=staging.RAW_SCHEMA)), result.rows, result.findings):
        assert not personal & set(frame.columns)
    assert not personal & {str(outcome.rule.column) for outcome in result.results}


def test_headers_may_differ_between_two_files_of_a_source(settings: Settings) -> None:
    other = "Päätös pvm;Myönnetty €;Hakija;Lautakunta;Avustuslaji;Hakemus nro;Oma muistiinpano"
    moved = "14.3.2024;2 500,00;Kuviteltu Latu ry;Liikuntatoimi;toiminta-avustus;1;älä lue"
    result = staged(settings, "grant_ledger", (LEDGER, GOOD), (other, moved))
    columns = ["application_number", "recipient_name", "granting_body", "grant_type", "awarded_eur", "decided_on"]
    first, second = result.rows.select(columns).rows()
    assert first == second
    assert result.rows["paid_eur"].to_list() == [Decimal("2500.00"), None]
    assert result.rows["delivery"].to_list() == [1, 2]


def test_lines_are_those_of_the_file(settings: Settings) -> None:
    lines = ("Avustukset 2024", "", LEDGER, GOOD, "", ledger_row(Hakemusnumero="2"))
    assert staged(settings, "grant_ledger", lines).rows["line"].to_list() == [4, 6]


@pytest.mark.parametrize("line", [GOOD + ";ylimääräinen", GOOD.rpartition(";")[0].rpartition(";")[0]])
def test_a_ragged_row_is_set_aside_for_that_reason(line: str, settings: Settings) -> None:
    result = staged(settings, "grant_ledger", (LEDGER, GOOD, line))
    assert "cells_match_header" in rules_of(result, 3)
    assert result.rows["line"].to_list() == [2]
    assert result.quarantine["line"].to_list() == [3]


def test_an_unreadable_required_cell_is_one_finding(settings: Settings) -> None:
    result = staged(settings, "grant_ledger", (LEDGER, ledger_row(Päätöspäivä="maaliskuussa")))
    assert rules_of(result, 2) == ["decided_on_readable"]


def test_an_unreadable_cell_that_a_condition_asks_for_is_one_finding(settings: Settings) -> None:
    result = staged(settings, "grant_ledger", (LEDGER, ledger_row(Maksupäivä="keväällä")))
    assert rules_of(result, 2) == ["paid_on_readable"]


def test_an_empty_required_cell_is_one_finding(settings: Settings) -> None:
    result = staged(settings, "grant_ledger", (LEDGER, ledger_row(Päätöspäivä=" ")))
    assert rules_of(result, 2) == ["decided_on_required"]


def test_unreadable_register_numbers_are_not_each_others_duplicates(settings: Settings) -> None:
    rows = [f"{number};;Kuviteltu {number} ry;998;1.2.2001;rekisterissä;" for number in ("x", "y", "")]
    result = staged(settings, "prh_register", (REGISTER, *rows))
    assert [rules_of(result, line) for line in (2, 3, 4)] == [
        ["register_number_readable"],
        ["register_number_readable"],
        ["register_number_required"],
    ]


def test_a_good_row_is_not_the_duplicate_of_a_bad_one(settings: Settings) -> None:
    bad, good = (f"100.001;;Kuviteltu Latu ry;998;1.2.2001;{status};" for status in ("outo", "rekisterissä"))
    result = staged(settings, "prh_register", (REGISTER, bad, good, good))
    assert result.rows["line"].to_list() == [3]
    assert rules_of(result, 4) == ["one_row_an_association"]


def test_a_row_with_a_warning_stays(settings: Settings) -> None:
    result = staged(settings, "grant_ledger", (LEDGER, ledger_row(Maksettu="2 600,00")))
    assert rules_of(result, 2) == ["paid_not_above_awarded"]
    assert result.findings["severity"].to_list() == ["warning"]
    assert (result.rows.height, result.quarantine.height) == (1, 0)


def test_a_register_that_lies_in_quarantine_has_shrunk(settings: Settings) -> None:
    """The bound speaks of the rows that go on: a file of which no row can be used is no whole extract."""
    rows = [
        f"100.00{n};;Kuviteltu {n} ry;998;1.2.2001;{status};" for n, status in enumerate(["rekisterissä", *["?"] * 4])
    ]
    raw = raw_of("prh_register", (REGISTER, *rows))
    outcome = staging.stage(contracts.sources()["prh_register"], raw, settings, rows_before=5)
    (size,) = [result for result in outcome.results if result.rule.id == "prh_register.does_not_shrink"]
    assert (size.passed, size.rows_checked) == (False, 1)
    with pytest.raises(receiving.BlockingCheckError, match="yli viidenneksen vähemmän"):
        receiving.refuse_critical(outcome.results)


def test_free_text_stops_at_raw(settings: Settings) -> None:
    secret = "soita Keksitylle Henkilölle"
    result = staged(settings, "grant_ledger", (LEDGER, ledger_row(Käyttötarkoitus=secret)))
    assert secret not in str(result.rows.to_dicts())
    bad = staged(settings, "grant_ledger", (LEDGER, ledger_row(Käyttötarkoitus=secret, Toimielin="?")))
    assert secret not in str(bad.findings.to_dicts())
    assert secret in str(bad.quarantine.to_dicts())


ORGANISATIONS = [
    "Kuviteltu Latu ry",
    "KUVITELTU LATU RY",
    "Kuviteltu Latu r.y.",
    "Påhittade Klubben rf",
    "Kuvitelma Oy",
    "Keksityn kylän toimikunta",
    "Keksitty kylätoimikunta",
    "Keksitty Kotiseutuyhdistys",
    "Satumaan hiihtoseura",
    "Keksityn koulun vanhemmat / Satukoulu",
    "Tarinasäätiö",
    "Satuteatteri, Keksitty",
    "Kuviteltu lauluryhmä",
]
PERSONS = [
    "Testi Henkilö",
    "Henkilö Testi",
    "TESTI HENKILÖ",
    "Maija Mallikas-Esimerkki",
    "Ryhtinen Testi",  # begins with the letters of "ry"
    "Testi Pesry",  # ends with them
    "Oyvind Påhittad",
    "Testi Kerhonen",  # an organisation's word that goes on is a surname
    "Seuranen Testi",
    "T. Henkilö",
    "Testi Henkilö, taiteilija",
]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_an_organisation_keeps_its_name(name: str, settings: Settings) -> None:
    assert masked(name) == name


@pytest.mark.parametrize("name", PERSONS)
def test_a_name_that_may_be_a_persons_is_masked(name: str) -> None:
    assert masked(name) == staging.PERSON_MASK


def test_a_name_stays_when_the_register_knows_it() -> None:
    (key,) = pl.select(name_key(pl.lit("Martan Tupa ry"))).to_series()
    assert masked("Martan Tupa", known=(key,)) == "Martan Tupa"
    assert masked("Martan Toinen Tupa", known=(key,)) == staging.PERSON_MASK


def test_a_known_business_id_stays_but_keeps_no_name() -> None:
    schema = {"recipient_name": pl.String, "business_id": pl.String}
    rows = pl.DataFrame([("Kerttu Keksitty", "9123457-3")], schema=schema, orient="row")
    done = staging.mask_persons(contracts.sources()["grant_ledger"], rows, ("9123457-3",))
    assert done.row(0) == (staging.PERSON_MASK, "9123457-3")


def test_a_sole_trader_has_a_business_id_and_is_a_person_all_the_same() -> None:
    schema = {"recipient_name": pl.String, "business_id": pl.String}
    rows = pl.DataFrame([("Tmi Testi Esimerkki", "9123457-3")], schema=schema, orient="row")
    done = staging.mask_persons(contracts.sources()["grant_ledger"], rows, ())
    assert done.rows() == [(staging.PERSON_MASK, None)]


def masked(name: str, business_id: str | None = None, known: tuple[str, ...] = ()) -> str:
    schema = {"recipient_name": pl.String, "business_id": pl.String}
    rows = pl.DataFrame([(name, business_id)], schema=schema, orient="row")
    done = staging.mask_persons(contracts.sources()["grant_ledger"], rows, known)
    return str(done["recipient_name"].item())


def test_a_masked_row_keeps_everything_else_and_two_of_them_stay_two(settings: Settings) -> None:
    lines = (LEDGER, *(ledger_row(Hakija=name) for name in ("Testi Henkilö", "Toinen Henkilö")))
    result = staged(settings, "grant_ledger", lines)
    assert result.rows["recipient_name"].to_list() == [staging.PERSON_MASK] * 2
    assert result.accounts["eur_staged"].to_list() == [Decimal("16000.00")]
    for frame in (result.rows, result.findings, result.accounts):
        assert "Henkilö" not in str(frame.to_dicts())


def test_only_recipients_are_masked(settings: Settings) -> None:
    result = staged(settings, "prh_register", (REGISTER, "100.001;;Testi Henkilö;998;1.2.2001;rekisterissä;"))
    assert result.rows["name"].to_list() == ["Testi Henkilö"]


def test_a_lost_row_stops_the_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "mask_persons", lambda _contract, rows, _known: rows[1:])
    with pytest.raises(AccountingError, match="rows read 2, staged 1, quarantined 0"):
        staged(settings, "grant_ledger", (LEDGER, GOOD, ledger_row(Hakemusnumero="2")))


def test_a_row_that_is_counted_twice_stops_the_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "mask_persons", lambda _contract, rows, _known: pl.concat([rows, rows]))
    with pytest.raises(AccountingError, match="rows read 1, staged 2"):
        staged(settings, "grant_ledger", (LEDGER, GOOD))


def test_a_lost_cent_stops_the_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    less = pl.col("paid_eur") - Decimal("0.01")
    monkeypatch.setattr(staging, "mask_persons", lambda _contract, rows, _known: rows.with_columns(paid_eur=less))
    with pytest.raises(AccountingError, match="eur read"):
        staged(settings, "grant_ledger", (LEDGER, GOOD))


def test_rows_that_change_places_between_files_stop_the_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = pl.col("file_sha256").first()
    monkeypatch.setattr(staging, "mask_persons", lambda _contract, rows, _known: rows.with_columns(file_sha256=swapped))
    with pytest.raises(AccountingError):
        staged(settings, "grant_ledger", (LEDGER, GOOD), (LEDGER, ledger_row(Hakemusnumero="2")))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Juhla, kysy etu.suku@esimerkki.invalid", "Juhla, kysy ***"),
        ("Juhla, p. 040 7654321", "Juhla, p. ***"),
        ("Juhla p. +358 40 765 4321 tai 040-7654321", "Juhla p. *** tai ***"),
        ("Esimerkin Latu ry (195.883)", "Esimerkin Latu ry (195.883)"),
        ("Päätös 2024-0017, 9123457-3", "Päätös 2024-0017, 9123457-3"),
        ("Kesäjuhla 14.6.2024 klo 18.00", "Kesäjuhla 14.6.2024 klo 18.00"),
        ("Vuosijuhla 1924 - 2024", "Vuosijuhla 1924 - 2024"),
        ("0401234567", "0401234567"),
        ("Sali 040", "Sali 040"),
    ],
)
def test_contacts_within_a_sentence_are_masked_and_other_numbers_are_not(said: str, kept: str) -> None:
    rows = pl.DataFrame(
        {"name": [said], "place": [None], "organisers": [[said]]}, schema_overrides={"place": pl.String}
    )
    masked = staging.mask_contacts(contracts.sources()["events"], rows)
    assert masked.row(0) == (kept, None, [kept])
