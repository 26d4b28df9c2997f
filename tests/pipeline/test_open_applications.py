"""A small town that gets an application first and its decision later, beside a grant of the state."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from pipelines import refresh
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
first_year = 2023

[[granting_bodies]]
code = "board"
fi = "Järvilautakunta"

[[granting_bodies]]
code = "state"
fi = "Valtio"
is_own = false

[[grant_types]]
code = "rowing"
fi = "soutuavustus"
synonyms = ["7"]

[[grant_types]]
code = "state_grant"
fi = "valtionavustus"

[[city_units]]
code = "unit"
fi = "Rantapalvelut"
"""

REGISTER = """Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila
900.001;9000001-1;Kuvitteelan Airo ry;997;1.1.2000;rekisterissä
"""
LEDGER = """Hakemusnumero;Hakija;Toimielin;Avustuslaji;Haettu;Myönnetty;Maksettu;Päätöspäivä;Maksupäivä;Hakemuksen tila
L-1;Kuvitteelan Airo ry;Järvilautakunta;soutuavustus;900;700;700;1.3.2023;1.12.2023;
L-2;Kuvitteelan Airo ry;Valtio;valtionavustus;9000;8000;8000;1.3.2023;1.12.2023;
L-3;Kuvitteelan Airo ry;Järvilautakunta;soutuavustus;100;;;;;peruttu
"""
DECISION = """Hakemusnumero;Hakija;Toimielin;Avustuslaji;Haettu;Myönnetty;Päätöspäivä
E-1;Kuvitteelan Airo ry;Järvilautakunta;soutuavustus;500;400;1.3.2024
"""
WORK = """Päivä;Yksikkö;Laji;Tunnit
1.3.2023;Rantapalvelut;työaika;10
"""


def application() -> dict[str, Any]:
    def leaf(name: str, value: str) -> dict[str, str]:
        return {"ID": name, "label": name, "value": value, "valueType": "string"}

    return {
        "compensation": {
            "applicationInfoArray": [
                leaf("applicationNumber", "E-1"),
                leaf("applicationType", "Järvilautakunta"),
                leaf("formTimeStamp", "2024-01-15T08:00:00.000"),
                leaf("status", "Vastaanotettu"),
            ],
            "applicantInfoArray": [leaf("communityOfficialName", "Kuvitteelan Airo ry")],
            "compensationInfo": {"compensationArray": [[leaf("subventionType", "7.0"), leaf("amount", "500.00")]]},
        }
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("towns") / "kuvitteela")
    workspace.create(SETTINGS)
    for source, text in (("prh_register", REGISTER), ("grant_ledger", LEDGER), ("city_work", WORK)):
        (workspace.inbox / source / f"{source}.csv").write_text(text, encoding="utf-8")
    (workspace.inbox / "grant_ledger" / "hakemus.json").write_text(json.dumps(application()), encoding="utf-8")
    return workspace


def ask(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    edition = refresh.run_rooms(workspace, lambda _table: None).id
    with database.open_edition(workspace.editions / edition / "analyst.duckdb") as connection:
        return connection.execute(query).fetchall()


def test_an_application_waits_until_its_decision_comes(town: Workspace) -> None:
    waiting = "SELECT application_number, applied_eur, applied_on::VARCHAR FROM core.open_applications"
    assert ask(town, waiting) == [("E-1", Decimal("500.00"), "2024-01-15")]
    rows = ask(town, "SELECT application_number, is_own FROM core.grants ORDER BY ALL")
    assert rows == [("L-1", True), ("L-2", False)]
    (town.inbox / "grant_ledger" / "paatos.csv").write_text(DECISION, encoding="utf-8")
    assert ask(town, waiting) == []


def test_only_decisions_about_the_towns_money_are_in_its_figures(town: Workspace) -> None:
    rows = ask(
        town,
        "SELECT period, sum(value) FROM marts.indicator_values WHERE indicator_id = 'grants_awarded_eur' "
        "AND breakdown = 'total' AND period = '2023' GROUP BY period",
    )
    assert rows == [("2023", 700.0)]


def test_a_total_without_its_parts_says_which_are_missing(town: Workspace) -> None:
    rows = ask(
        town,
        "SELECT breakdown_value, value, verdict, verdict_reason FROM marts.indicator_values "
        "WHERE indicator_id = 'total_support_eur' AND period = '2023' ORDER BY ALL",
    )
    assert rows == [
        ("grants", 700.0, "usable_with_care", "verdict.break"),
        ("premises", None, "not_usable", "verdict.lacks_premises"),
        ("staff", None, "not_usable", "verdict.lacks_staff_rate"),
        ("total", None, "not_usable", "verdict.lacks_several"),
    ]
