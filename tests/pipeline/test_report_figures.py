"""The chapter of the welfare report says what the edition says: to the last figure, in every format and language."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest
from babel.numbers import format_decimal

from dashboards import data
from dashboards.report import making
from pipelines import cli

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "dashboards"))  # reading a report back is shared with those tests

from report_files import Read, read, squeezed  # noqa: E402

YEAR = 2025
YEARS_SHOWN = 10
LANGUAGES, FORMATS = ("fi", "sv", "en"), ("html", "docx", "pdf")
MEASURES = (
    "volunteer_hours",
    "memberships",
    "association_events",
    "joint_events",
    "city_staff_hours",
    "city_assistance",
    "premises_hours",
    "premises_support_eur",
    "city_events",
    "grants_awarded_eur",
    "grants_share_of_budget",
    "resident_participation_share",
    "resident_volunteering_share",
    "resident_satisfaction",
    "residents_know_where_to_ask_share",
    "cooperation_grade",
)
BY_YEAR = {"fi": "vuosittain", "sv": "per år", "en": "by year"}
BY_TERM = {"fi": "valtuustokausittain", "sv": "per fullmäktigeperiod", "en": "by council term"}

Reports = Callable[[str, str], Read]


@pytest.fixture(scope="module")
def edition(example_town) -> data.Edition:
    return data.edition_of(example_town.workspace.root)


@pytest.fixture(scope="module")
def reports(edition: data.Edition) -> Reports:
    """The report of a language and format, made once."""

    @cache
    def made(language: str, file_format: str) -> Read:
        return read(making.report(edition, YEAR, language, file_format), file_format)

    return made


def written(value: float | None, decimals: int, language: str) -> str:
    """Write a number as the language does, counted here and not by the dashboards."""
    if value is None:
        return "–"
    pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    return format_decimal(Decimal(repr(value)), format=pattern, locale=language)


def without_units(text: str) -> str:
    """Leave out the signs of euros and percents, which languages put before or behind the number."""
    return re.sub(r"^[€\u00a0]+|[€%\u00a0]+$", "", text) if len(text) < 30 else re.sub(r"[€%]", "", text)


def expected_rows(public: duckdb.DuckDBPyConnection, indicator: str, language: str) -> tuple[str, list[list[str]]]:
    """The caption of the table of an indicator's years and what must stand in it, from the tables of the edition."""
    title, unit, unit_code, decimals, basis = public.execute(
        f"SELECT title_{language}, unit_{language}, unit_code, decimals, basis FROM meta.indicators WHERE indicator_id = ?",
        [indicator],
    ).fetchone()
    found = public.execute(
        """
        SELECT period, value, lower, upper, n, population, reported, coverage_share, period_type
        FROM marts.indicator_values
        WHERE indicator_id = ? AND breakdown = 'total' AND period <= ? ORDER BY period DESC LIMIT ?
        """,
        [indicator, str(YEAR), YEARS_SHOWN],
    ).fetchall()
    scale = 100 if unit_code == "share" else 1
    is_sampled = any(row[7] is not None or row[8] == "term" for row in found)
    rows = []
    for period, value, lower, upper, n, population, reported, coverage, kind in found:
        if value is None:
            continue
        row = [period.replace("-", "–"), written(value * scale, decimals, language)]
        if is_sampled:
            low, high = (written(bound * scale, decimals, language) for bound in (lower, upper))
            row += [
                f"{low}–{high}",
                written(reported * scale, decimals, language),
                f"{n}/{population}" if kind == "year" else str(n),
                "–" if coverage is None else written(coverage * 100, 0, language),
            ]
        rows.append(row)
    by = (BY_TERM if basis == "residents" else BY_YEAR)[language]
    return f"{title} {by} {unit}" if unit.startswith("(") else f"{title} {by} ({unit})", rows


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_measures_is_the_edition_s(
    language: str, file_format: str, reports: Reports, public: duckdb.DuckDBPyConnection
) -> None:
    report = reports(language, file_format)
    compared = 0
    for indicator in MEASURES:
        caption, expected = expected_rows(public, indicator, language)
        assert len(expected) > 1
        if file_format == "pdf":
            assert squeezed(caption) in report.text
            missing = [row for row in expected if squeezed("".join(row)) not in without_units(report.text)]
            assert not missing, caption
        else:
            told = [[without_units(cell) for cell in row[: len(expected[0])]] for row in report.table(caption)[1:]]
            assert [row for row in told if row[0] in {cells[0] for cells in expected}] == expected
        compared += len(expected)
    assert compared > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_formats_say_the_same(language: str, reports: Reports) -> None:
    html, docx, pdf = (reports(language, file_format) for file_format in FORMATS)
    assert html.tables == docx.tables
    assert html.headings == docx.headings
    assert len(html.tables) > 30
    cells = {cell for caption, rows in html.tables for cell in (caption, *(cell for row in rows for cell in row))}
    assert not [cell for cell in cells | set(html.headings) if squeezed(cell) not in pdf.text]


def test_ledger_and_books_are_the_edition_s_to_the_cent(reports: Reports, public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(
        """
        SELECT c.label_fi, r.ledger_paid_eur, r.booked_eur, r.difference_eur, r.unexplained_eur
        FROM marts.grant_reconciliation AS r
        JOIN meta.codes AS c ON c.list = 'granting_bodies' AND c.code = r.granting_body
        WHERE r.year = ? ORDER BY r.granting_body
        """,
        [YEAR],
    ).fetchall()
    assert rows
    expected = [
        [label, *(f"{format_decimal(sum_, '#,##0.00', 'fi')}\u00a0€" for sum_ in sums)] for label, *sums in rows
    ]
    table = reports("fi", "html").table(f"Avustusrekisteri ja kirjanpito {YEAR}")
    assert [row[:5] for row in table[1:-1]] == expected
    total = sum((row[1] for row in rows), Decimal(0))
    assert table[-1][1] == f"{format_decimal(total, '#,##0.00', 'fi')}\u00a0€"


def test_grants_of_the_bodies_are_the_edition_s(reports: Reports, public: duckdb.DuckDBPyConnection) -> None:
    table = reports("fi", "html").table("Myönnetyt avustukset toimielimittäin")
    years = table[0][1:]
    assert years == [str(year) for year in range(YEAR - 4, YEAR + 1)]
    told = {(row[0], year): cell for row in table[1:] for year, cell in zip(years, row[1:], strict=True)}
    rows = public.execute(
        """
        SELECT coalesce(c.label_fi, 'Yhteensä'), v.period, v.value
        FROM marts.indicator_values AS v
        LEFT JOIN meta.codes AS c ON c.list = 'granting_bodies' AND c.code = v.breakdown_value
        WHERE v.indicator_id = 'grants_awarded_eur' AND v.breakdown IN ('total', 'granting_body')
            AND v.period BETWEEN ? AND ?
        """,
        [years[0], years[-1]],
    ).fetchall()
    assert len(rows) > 20
    for label, year, value in rows:
        assert told[label, year] == written(value, 0, "fi") + "\u00a0€"
    assert {cell for key, cell in told.items() if key not in {(label, year) for label, year, _ in rows}} <= {"–"}


def test_the_council_term_is_the_edition_s(reports: Reports, public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(
        """
        SELECT i.title_fi, i.unit_code, i.decimals, t.baseline, t.baseline_period, t.latest, t.latest_period
        FROM marts.term_values AS t JOIN meta.indicators AS i USING (indicator_id)
        WHERE t.term_id = '2025-2029' ORDER BY i.position
        """
    ).fetchall()
    table = reports("fi", "html").table("Valtuustokausi 2025–2029: muutos lähtötasosta ja suhteessa tavoitteeseen")[1:]
    assert len(table) == len(rows) > 30
    for (title, unit_code, decimals, *figures), told in zip(rows, table, strict=True):
        assert told[0].split(",")[0] == title.split(",")[0]
        scale = 100 if unit_code == "share" else 1
        ending = {"share": "\u00a0%", "EUR": "\u00a0€"}.get(unit_code, "")
        for cell, (value, period) in zip(told[1:3], (figures[:2], figures[2:]), strict=True):
            if value is None:
                assert cell == "–"
                continue
            figure = written(value * scale, decimals, "fi")
            assert cell == f"{figure}{ending} ({period.replace('-', '–')})"


def test_hidden_figures_are_nowhere(reports: Reports, public: duckdb.DuckDBPyConnection) -> None:
    hidden = public.execute(
        """
        SELECT i.title_fi, c.label_fi
        FROM marts.indicator_values AS v
        JOIN meta.indicators AS i USING (indicator_id)
        JOIN meta.codes AS c ON c.list = 'purpose_groups' AND c.code = v.breakdown_value
        WHERE v.indicator_id LIKE 'cooperation_%' AND v.breakdown = 'purpose_group' AND v.period = ? AND v.is_hidden
        """,
        [str(YEAR)],
    ).fetchall()
    assert hidden
    for title, group in hidden:
        row = next(row for row in reports("fi", "html").table(f"{title} {YEAR} ryhmittäin") if row[1] == group)
        assert row[2].startswith("salattu")
        assert row[3] == "–"


def test_an_earlier_year_knows_nothing_later_in_its_tables(edition: data.Edition) -> None:
    report = read(making.report(edition, 2020, "fi", "html"), "html")
    table = report.table("Talkootunnit vuosittain (tuntia)")
    assert [row[0] for row in table[1:]] == ["2020", "2019", "2018", "2017", "2016"]
    assert "Vuoden2020lopussa" in report.text
    assert "Toimintavuonna2020" in report.text


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_edition_gives_the_same_bytes(file_format: str, edition: data.Edition) -> None:
    first, second = (making.report(edition, YEAR, "sv", file_format) for _ in range(2))
    assert first == second


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def ask(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["yhteispeli", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return int(str(stopped.value.code)), (said.out + said.err).strip()

    return ask


def test_the_command_writes_what_the_ending_of_the_name_says(command, example_town, tmp_path: Path) -> None:
    root = example_town.workspace.root
    for file_format, begins in (("pdf", b"%PDF-1."), ("docx", b"PK"), ("html", b"<!DOCTYPE html>")):
        out = tmp_path / f"raportti.{file_format}"
        code, said = command("report", root, "--year", YEAR, "--out", out)
        assert code == 0
        assert str(out) in said
        assert out.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--year", "1990", "--out", "r.pdf"], "Vuodesta 1990 ei voi tehdä raporttia"),
        (["--lang", "de", "--out", "r.pdf"], "Kieltä de ei ole. Kielet ovat: fi, sv, en."),
        (["--out", "r.odt"], "Muotoa odt ei ole. Muodot ovat: pdf, docx, html."),
        (["--out", "r"], "Muotoa – ei ole."),
        (["--out", "missing/r.pdf"], "Raporttia ei voitu kirjoittaa tiedostoon"),
        (["--out", "taken.pdf"], "on jo jotain, eikä sen päälle kirjoiteta"),
        (["--out", "taken.pdf/r.pdf"], "Raporttia ei voitu kirjoittaa tiedostoon"),
        (["--format", "html", "--out", "."], "on jo jotain"),
    ],
)
def test_what_can_not_be_done_gets_a_sentence(
    options: list[str], sentence: str, command, example_town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken.pdf").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, said = command("report", example_town.workspace.root, *options)
    assert code == 2
    assert said.startswith(sentence) or sentence in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / "taken.pdf").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["taken.pdf"]
