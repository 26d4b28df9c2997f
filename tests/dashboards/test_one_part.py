"""A page of indicators shows one part of the town: its own figures, nobody else's, and it says what it leaves out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from small_edition import EDITION
from streamlit.testing.v1 import AppTest
from test_pages import opened, text_of

from dashboards.data import Edition, current_edition
from dashboards.downloads import indicator_csv
from dashboards.formats import quantity
from dashboards.one_part import WHOLE, of_part
from dashboards.rows import TOTAL

HOURS = "volunteer_hours"
BY = "purpose_group"


@pytest.fixture
def edition(workspace: Path) -> Edition:
    return current_edition()


def _newest(workspace: Path) -> dict[str, float]:
    """The newest published hours of each purpose group that are told, asked of the file itself."""
    with duckdb.connect(str(workspace / "editions" / EDITION / "public.duckdb"), read_only=True) as connection:
        return dict(
            connection.execute(
                """
                SELECT breakdown_value, arg_max(coalesce(value, reported), period) FROM marts.indicator_values
                WHERE indicator_id = $hours AND breakdown = $by AND status = 'final' AND NOT is_hidden
                GROUP BY breakdown_value HAVING arg_max(coalesce(value, reported), period) IS NOT NULL
                """,
                {"hours": HOURS, "by": BY},
            ).fetchall()
        )


def test_every_series_is_that_of_the_part(edition: Edition) -> None:
    for code in edition.parts_codes(HOURS, BY):
        part = of_part(edition, BY, code)
        assert part.series(HOURS) == edition.series(HOURS, BY, code)
        assert {key[1:] for key in part.values} == {WHOLE}
        assert {value.breakdown_value for series in part.values.values() for value in series} == {code}
        assert part.indicators.keys() == {name for name in edition.indicators if edition.series(name, BY, code)}
        assert not part.targets_of(HOURS)


def test_the_page_shows_the_figure_of_the_chosen_group(workspace: Path, app: AppTest, edition: Edition) -> None:
    newest = _newest(workspace)
    assert newest
    for code, value in list(newest.items())[:2]:
        words = opened(app, "volunteering", jako=BY, ryhma=code)
        label = edition.breakdown_label(BY, code)
        assert f"Talkootunnit, {label}" in words
        assert quantity(value, edition.indicators[HOURS]) in words
        assert "toimialoittain" not in words.partition(f"Talkootunnit, {label}")[2]  # a part has no parts


def test_a_group_is_chosen_on_the_page_and_kept_in_the_address(workspace: Path, app: AppTest, edition: Edition) -> None:
    opened(app, "volunteering")
    app.selectbox(key="choose-jako").select(BY).run()
    assert app.query_params["jako"] == BY
    code = edition.parts_codes(HOURS, BY)[1]
    app.selectbox(key="choose-ryhma").select(code).run()
    assert app.query_params["ryhma"] == code
    assert edition.breakdown_label(BY, code) in text_of(app)


def test_indicators_that_are_not_told_of_the_part_are_named(workspace: Path, app: AppTest, edition: Edition) -> None:
    card = next(card for card in edition.indicators.values() if card.indicator_group == "grants" and card.breakdowns)
    breakdown = next(name for name in card.breakdowns if name != TOTAL and edition.parts_codes(card.indicator_id, name))
    code = edition.parts_codes(card.indicator_id, breakdown)[0]
    words = opened(app, "grants", jako=breakdown, ryhma=code)
    assert f"Ryhmästä ”{edition.breakdown_label(breakdown, code)}” ei ole tietoa näistä:" in words
    assert "Avustukset talousarviosta, " not in words


def test_a_page_that_leaves_nothing_out_says_nothing_of_it(workspace: Path, app: AppTest) -> None:
    code = next(iter(_newest(workspace)))
    with duckdb.connect(str(workspace / "editions" / EDITION / "public.duckdb")) as connection:
        connection.execute(
            "DELETE FROM meta.indicators WHERE indicator_group = 'volunteering' AND indicator_id <> $kept",
            {"kept": HOURS},
        )
    assert "ei ole tietoa näistä" not in opened(app, "volunteering", jako=BY, ryhma=code)


def test_an_unknown_group_of_the_address_gets_a_sentence(workspace: Path, app: AppTest) -> None:
    assert "puuttuu aineistosta" in opened(app, "volunteering", jako=BY, ryhma="marsilaiset")
    assert "puuttuu aineistosta" in opened(app, "volunteering", jako="kengännumero")


def test_the_file_of_a_part_names_the_part(edition: Edition) -> None:
    code = edition.parts_codes(HOURS, BY)[0]
    part = of_part(edition, BY, code)
    lines = indicator_csv(part, part.indicators[HOURS]).decode("utf-8-sig").splitlines()[1:]
    assert lines
    assert all(f";{edition.breakdown_label(BY, code)};" in line for line in lines)
