"""The named numbers that a figure rests on are said beside it, and why there is none where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from dashboards import sentences
from dashboards.data import current_edition
from dashboards.evidence import key_figure
from dashboards.formats import NBSP
from dashboards.rows import TOTAL, Parameter
from dashboards.texts import say

RATE = Parameter("total_support_eur", "staff_hour_rate", "Tuntihinta", 34.2, date(2023, 1, 1), "Kertomus 2022")
YEAR = Parameter("total_support_real_eur", "price_year", "Indeksi (2015=100)", 2025.0, date(2025, 1, 1), "price_index")


def test_only_the_parameters_of_the_indicator_are_said(workspace: Path) -> None:
    edition = replace(current_edition(), parameters=(RATE, YEAR))
    said = {
        name: sentences.parameters(edition, edition.indicators[name])
        for name in ("total_support_eur", "total_support_real_eur", "grants_awarded_eur")
    }
    assert said == {
        "total_support_eur": [f"Henkilöstötyön tunti maksaa 34,20{NBSP}€ 1.1.2023 alkaen (lähde: Kertomus 2022)."],
        "total_support_real_eur": ["Vuoden 2025 rahassa (Kuluttajahintaindeksi)."],
        "grants_awarded_eur": [],
    }


def test_a_figure_that_was_never_computed_says_what_it_lacks(workspace: Path) -> None:
    edition = current_edition()
    name, reason = "total_support_eur", "verdict.lacks_staff_rate"
    empty = replace(
        edition.series("grants_awarded_eur")[-1], indicator_id=name, value=None, reported=None, verdict_reason=reason
    )
    words = {"fi": "Tuntihinta puuttuu.", "sv": "Timpriset saknas.", "en": "There is no price."}
    edition = replace(edition, values={(name, TOTAL, TOTAL): (empty,)}, messages={reason: words})
    assert edition.latest(name) is None
    assert "Tuntihinta puuttuu." in key_figure(edition, edition.indicators[name], edition.latest(name))


def test_when_the_next_data_is_due_is_said_and_when_it_is_late(workspace: Path) -> None:
    edition = current_edition()
    first, second, *_ = edition.sources
    due = date(2026, 3, 1)
    states = (replace(first, next_due_on=date(2026, 9, 1)), replace(second, next_due_on=due))
    edition = replace(edition, sources=states)
    assert sentences.next_update(edition, due) == f"Seuraava aineisto tulee viimeistään 1.3.2026: {say(second.title)}."
    late = f"Aineistoa odotettiin 1.3.2026 mennessä, eikä sitä ole saatu: {say(second.title)}."
    assert sentences.next_update(edition, date(2026, 3, 2)) == late
    assert sentences.next_update(replace(edition, sources=()), due) == ""
