"""A second, invented town with its own bodies, types and umbrella: nothing of any one town is in the code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines import run
from pipelines.workspace import Workspace
from warehouse import database

SETTINGS = """
[municipality]
code = "997"
name = "Kuvitteela"
business_id = "9000005-4"

[contact]
name = "Kuvitteelan kunta"

[figures]
first_year = 2022
active_within_months = 12
disclosure_k = 4

[[council_terms]]
id = "2021-2025"
starts = 2021-08-01
ends = 2025-05-31

[[series_breaks]]
id = "merger"
date = 2024-01-01
indicators = ["grants_awarded_eur"]
fi = "Kunnat yhdistyivät."
sv = "Kommunerna gick samman."
en = "Municipalities merged."

[[granting_bodies]]
code = "lakeside_board"
fi = "Järvilautakunta"
synonyms = ["järvi"]

[[grant_types]]
code = "rowing"
fi = "soutuavustus"

[[umbrella_organisations]]
code = "rowers"
fi = "Kuvitteelan Soutajat ry"
"""

REGISTER = """Rekisterinumero;Y-tunnus;Nimi;Aikaisemmat nimet;Kotipaikka;Rekisteröintipäivä;Tila;Tilan päivä;Päättymisen syy;Tarkoitusluokka
900.001;9000001-1;Kuvitteelan Airo ry;Kuvitteelan Mela ry;Kuvitteela;1.1.2000;rekisterissä;;;600
900.002;;Kuvitteelan Köli ry;;997;1.6.2023;R;;;400
900.003;;Kuvitteelan Masto ry;;997;1.1.1990;lakannut;30.6.2023;purettu;600
900.004;;Kuvitteelan Vireillä ry;;997;;vireillä;;;600
900.005;;Muualla Kuviteltu ry;;020;1.1.1990;rekisterissä;;;600
"""
LEDGER = """Hakemusnumero;Hakija;Y-tunnus;Toimielin;Avustuslaji;Haettu;Myönnetty;Maksettu;Päätöspäivä;Maksupäivä;Edelleenavustus
1;Kuvitteelan Mela r.y.;;Järvilautakunta;soutuavustus;1 000,00;800,00;800,00;1.3.2023;1.12.2023;ei
1;Kuvitteelan Airo ry;9000001-1;järvi;soutuavustus;;-100,00;-100,00;1.10.2023;1.12.2023;ei
2;KUVITTEELAN KÖLI RY;;Järvilautakunta;Soutuavustus;500,00;500,00;;1.3.2024;;
3;Kuvitteelan talkooryhmä;;Järvilautakunta;soutuavustus;50,00;50,00;;2.3.2024;;kyllä
4;Testi Esimerkki;;Järvilautakunta;soutuavustus;50,00;0,00;;2.3.2024;;ei
"""
MEMBERS = """Kattojärjestö;Jäsenjärjestö;Alkaen;Päättyen
Kuvitteelan Soutajat ry;Kuvitteelan Airo ry;1.1.2010;
Kuvitteelan Soutajat ry;Kuvitteelan Masto ry;1.1.2010;31.12.2022
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    workspace = Workspace(tmp_path_factory.mktemp("towns") / "kuvitteela")
    workspace.create(SETTINGS)
    for source, text in (("prh_register", REGISTER), ("grant_ledger", LEDGER), ("umbrella_members", MEMBERS)):
        (workspace.inbox / source / f"{source}.csv").write_text(text, encoding="utf-8-sig")
    outcome = run.refresh(workspace, lambda _table: None)
    assert outcome.kept_because is None
    return workspace, str(outcome.edition_id)


def _value(town: tuple[Workspace, str], indicator: str, period: str, breakdown: str = "total") -> object:
    workspace, edition_id = town
    with database.open_edition(workspace.editions / edition_id / "analyst.duckdb") as connection:
        row = connection.execute(
            "SELECT value FROM marts.indicator_values WHERE indicator_id = ? AND period = ? AND breakdown_value = ?",
            [indicator, period, breakdown],
        ).fetchone()
    return row[0] if row else None


def test_registered_at_the_end_of_each_year(town: tuple[Workspace, str]) -> None:
    values = [_value(town, "registered_associations", year) for year in ("2022", "2023", "2024")]
    assert values == [2, 2, 2]
    assert _value(town, "founded", "2023") == 1
    assert _value(town, "ended", "2023", "dissolved") == 1


def test_active_by_the_settings_of_the_town(town: tuple[Workspace, str]) -> None:
    assert _value(town, "active_associations", "2023") == 1
    assert _value(town, "active_associations", "2024") == 1


def test_grants_with_correction_in_and_regrant_out(town: tuple[Workspace, str]) -> None:
    assert _value(town, "grants_awarded_eur", "2023") == 700
    assert _value(town, "grants_paid_eur", "2023", "lakeside_board") == 700
    assert _value(town, "grants_awarded_eur", "2024", "rowing") == 500


def test_umbrella_counts_only_memberships_in_force(town: tuple[Workspace, str]) -> None:
    assert _value(town, "umbrella_coverage_share", "2022") == 1
    assert _value(town, "umbrella_coverage_share", "2023") == 1 / 2


def test_recipients_are_linked_and_persons_unnamed(town: tuple[Workspace, str]) -> None:
    workspace, edition_id = town
    with database.open_edition(workspace.editions / edition_id / "public.duckdb") as connection:
        rows = connection.execute(
            "SELECT recipient, sum(awarded_eur), bool_or(is_regrant) FROM marts.grant_awards GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert rows == [
        ("Kuvitteelan Airo ry", Decimal("700.00"), False),
        ("Kuvitteelan Köli ry", Decimal("500.00"), False),
        ("Kuvitteelan talkooryhmä", Decimal("50.00"), True),
        (None, Decimal("0.00"), False),
    ]


def test_a_break_of_the_settings_cuts_the_comparison(town: tuple[Workspace, str]) -> None:
    workspace, edition_id = town
    with database.open_edition(workspace.editions / edition_id / "public.duckdb") as connection:
        row = connection.execute(
            "SELECT direction, reason FROM marts.indicator_changes "
            "WHERE indicator_id = 'grants_awarded_eur' AND period = '2024' AND breakdown = 'total'"
        ).fetchone()
    assert row == ("not_comparable", "change.break")
