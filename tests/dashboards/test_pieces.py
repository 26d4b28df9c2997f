"""Pieces without a page: numbers, charts, pictures, tables, files to take along."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dashboards import components, sentences
from dashboards.charts import trend
from dashboards.data import Edition, current_edition
from dashboards.downloads import awards_csv, indicator_csv
from dashboards.formats import NBSP, bare, day, euros, for_spreadsheet, number, percent, quantity
from dashboards.pictures import sparkline
from dashboards.rows import LIST_OF_BREAKDOWN, Change, IndicatorCard, Value
from dashboards.theme import plotly_config


@pytest.fixture
def edition(workspace: Path) -> Edition:
    """The small edition, opened."""
    return current_edition()


def value(year: int, figure: float | None, **more: object) -> Value:
    """A value of a made-up series."""
    fields: dict[str, object] = {
        "indicator_id": "memberships",
        "period_type": "year",
        "period": str(year),
        "breakdown": "total",
        "breakdown_value": "total",
        "value": figure,
        "lower": None,
        "upper": None,
        "n": None,
        "population": None,
        "coverage_share": None,
        "reported": figure,
        "method": "full_count",
        "status": "final",
        "verdict": "usable",
        "verdict_reason": "verdict.counted",
        "break_id": None,
        "is_hidden": False,
    }
    return Value(**{**fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(1234567.5, 1), f"1{NBSP}234{NBSP}567,5"),
        (number(-0.4), "0"),
        (euros(Decimal("-1234.50"), 2), f"-1{NBSP}234,50{NBSP}€"),
        (percent(0.1234, 1), f"12,3{NBSP}%"),
        (day(date(2026, 1, 4)), "4.1.2026"),
        (for_spreadsheet(1234.5), "1234,5"),
        (for_spreadsheet(20000.0), "20000"),
        (for_spreadsheet(0.0000012), "0,0000012"),
        (for_spreadsheet(Decimal("1500.00")), "1500,00"),
        (for_spreadsheet(None), ""),
    ],
)
def test_numbers_are_written_the_finnish_way(written: str, expected: str) -> None:
    assert written == expected


def test_units_and_scales_follow_the_catalogue(edition: Edition) -> None:
    assert quantity(0.00347, edition.indicators["grants_share_of_budget"]) == f"0,35{NBSP}%"
    assert quantity(8.04, edition.indicators["cooperation_grade"]) == f"8,0{NBSP}(4–10)"
    assert quantity(1, edition.indicators["joint_events"]) == "1"
    assert bare(65403.5, edition.indicators["volunteer_hours"]) in {f"65{NBSP}404", f"65{NBSP}403"}


def card_of(edition: Edition, indicator_id: str) -> IndicatorCard:
    """A card of the catalogue."""
    return edition.indicators[indicator_id]


def test_a_line_stops_at_a_break_and_the_break_is_drawn(edition: Edition) -> None:
    card = card_of(edition, "grants_share_of_budget")
    figure = trend(card, edition.series(card.indicator_id), edition.breaks_of(card.indicator_id), str)
    before, after = (list(line.x) for line in figure.data)
    assert before[-1] == 2022
    assert after[0] == 2023
    assert [shape.x0 for shape in figure.layout.shapes] == [2022.5]


def test_what_is_told_by_some_is_not_joined_by_a_line(edition: Edition) -> None:
    for indicator_id in ("volunteer_hours", "association_events", "cooperation_grade"):
        figure = trend(card_of(edition, indicator_id), edition.series(indicator_id), (), str)
        assert {line.type for line in figure.data} <= {"bar", "scatter"}
        assert all(getattr(line, "mode", None) in (None, "markers") for line in figure.data)


def test_an_interval_is_drawn_where_there_is_one(edition: Edition) -> None:
    series = [value(year, 100.0 + year, lower=90.0 + year, upper=110.0 + year) for year in (2020, 2021)]
    figure = trend(card_of(edition, "memberships"), series, (), str)
    band = figure.data[0]
    assert list(band.y) == [2130.0, 2131.0, 2111.0, 2110.0]


def test_hidden_and_missing_years_leave_a_gap(edition: Edition) -> None:
    series = [value(2020, 1.0), value(2021, None, is_hidden=True), value(2022, 3.0)]
    figure = trend(card_of(edition, "memberships"), series, (), str)
    assert [list(line.x) for line in figure.data] == [[2020], [2022]]
    assert (
        sentences.cell(edition, card_of(edition, "memberships"), series[1])
        == "salattu (suojaa alle 3 yhdistyksen ryhmiä)"
    )
    assert sentences.cell(edition, card_of(edition, "memberships"), None) == "ei tietoa"


def test_no_interval_is_drawn_over_a_missing_year(edition: Edition) -> None:
    known = [value(year, 1.0, lower=0.5, upper=1.5) for year in (2020, 2021, 2023, 2024)]
    figure = trend(card_of(edition, "memberships"), known, (), str)
    bands = [line for line in figure.data if line.fill == "toself"]
    assert [sorted(set(band.x)) for band in bands] == [[2020, 2021], [2023, 2024]]


def test_council_terms_stand_apart_with_their_intervals_and_names(edition: Edition) -> None:
    series = [
        value(first, 0.4, period_type="term", period=f"{first}-{first + 4}", lower=0.3, upper=0.5, reported=0.41)
        for first in (2017, 2021)
    ]
    figure = trend(card_of(edition, "resident_participation_share"), series, [], lambda _: "")
    assert [trace.mode for trace in figure.data] == ["markers"]
    assert list(figure.data[0].error_y.array) == pytest.approx([10.0, 10.0])
    assert list(figure.layout.xaxis.ticktext) == ["2017–2021", "2021–2025"]


def test_sparkline_is_a_picture_without_words() -> None:
    address = sparkline([value(2020, 1.0), value(2021, 2.0)], range(2020, 2022), "line", (0.0, None))
    assert address.startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize(
    ("direction", "share", "words"),
    [
        ("rose", 0.042, f"nousua 4,2{NBSP}% vuodesta 2023"),
        ("fell", -0.25, f"laskua 25{NBSP}% vuodesta 2023"),
        ("no_clear_change", 0.001, "ei selvää muutosta vuodesta 2023"),
        ("not_comparable", None, "ei verrata vuoteen 2023"),
    ],
)
def test_change_in_words(edition: Edition, direction: str, share: float | None, words: str) -> None:
    change = Change("memberships", "2024", "2023", "total", "total", 10.0, share, direction, "change.rose")
    assert sentences.change_words(card_of(edition, "memberships"), change) == words


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(11.0, 10.0, "nousua 1 vuodesta 2023"), (220.0, 200.0, f"nousua 10{NBSP}% vuodesta 2023")],
)
def test_changes_of_small_counts_are_counts(edition: Edition, now: float, before: float, words: str) -> None:
    share = (now - before) / before
    change = Change("forum_meetings", "2024", "2023", "total", "total", now - before, share, "rose", "change.rose")
    assert sentences.change_words(card_of(edition, "forum_meetings"), change) == words


def test_every_breakdown_of_a_card_has_its_words(edition: Edition) -> None:
    for card in edition.indicators.values():
        for breakdown in card.breakdowns:
            if breakdown == "total":
                continue
            assert sentences.breakdown_word(breakdown)
            assert sentences.by_breakdown(breakdown)
            assert edition.codes[LIST_OF_BREAKDOWN[breakdown]]


def test_a_change_between_council_terms_names_the_term(edition: Edition) -> None:
    change = Change("x", "2021-2025", "2017-2021", "total", "total", 0.031, 0.05, "rose", "change.rose")
    words = sentences.change_words(card_of(edition, "resident_participation_share"), change)
    assert words == f"nousua 3,1{NBSP}%-yksikköä kaudesta 2017–2021"


def test_changes_of_shares_are_points(edition: Edition) -> None:
    change = Change("x", "2024", "2023", "total", "total", -0.031, -0.05, "fell", "change.fell")
    words = sentences.change_words(card_of(edition, "cooperation_works_share"), change)
    assert words == f"laskua 3,1{NBSP}%-yksikköä vuodesta 2023"


def test_texts_of_data_are_escaped() -> None:
    html = components.table("Taulu", ["Nimi", "€"], [["<script>alert(1)</script> ry", "1"]])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_files_open_in_a_finnish_spreadsheet(edition: Edition) -> None:
    text = indicator_csv(edition, card_of(edition, "grants_share_of_budget")).decode("utf-8")
    assert text.startswith("\ufeffMittari;")
    assert "Avustukset talousarviosta;koko kunta;koko kunta;2025;0," in text
    hidden = indicator_csv(edition, card_of(edition, "volunteer_hours")).decode("utf-8")
    assert "salattu (suojaa alle 3 yhdistyksen ryhmiä)" in hidden
    awards = awards_csv(edition, edition.awards(2025)).decode("utf-8")
    assert "Esimerkkiseuran nuoret ry;;Liikuntatoimi;kohdeavustus;;1500,00;1500,00;1;kyllä" in awards


def test_charts_speak_finnish() -> None:
    locale = plotly_config()["locales"]["fi"]["format"]
    assert locale["days"][0] == "sunnuntai"
    assert locale["months"][0] == "tammikuu"
