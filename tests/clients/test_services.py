"""What is asked of each service, and what lands: the right pages, readable by the reader of the source."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest
from client_cases import CASES, FAST, Case, Town
from played_services import (
    TOWN,
    Asked,
    Played,
    Reply,
    as_json,
    business_id,
    company,
    linked_events,
    ptv,
    pxweb,
    served,
    treasury,
    ytj,
)

from pipelines import cli, clients, contracts, landing, run
from pipelines.assets.landing import interfaces_asset
from pipelines.build import Build
from pipelines.clients.http import Manners
from pipelines.definitions import build_definitions
from pipelines.reading import read_file
from pipelines.receiving import raw_frame
from pipelines.staging import stage
from pipelines.workspace import Workspace

MakeTown = Callable[..., Town]


def fetched(town: Town) -> None:
    """Fetch, and expect that it came into force."""
    (outcome,) = town.fetch()
    assert outcome.failure is None, outcome.failure


def staged(town: Town, source: str) -> pl.DataFrame:
    """Read and stage what is in force; no row may be in quarantine."""
    contract = contracts.sources()[source]
    files = landing.files_in_force(town.workspace, source)
    frames = [
        raw_frame(file.sha256, delivery, table)
        for delivery, file in enumerate(files, start=1)
        for table in read_file(landing.content_of(town.workspace, file), file.name, contract)
    ]
    result = stage(contract, pl.concat(frames), town.workspace.settings)
    assert result.quarantine.height == 0
    return result.rows


@pytest.mark.parametrize("case", [source for source in CASES if source != "municipal_finance"], indirect=True)
def test_the_bytes_land_as_they_came(town: MakeTown, case: Case, service: Played) -> None:
    """For the document of the State Treasury, see its envelope below."""
    sent: list[bytes] = []

    def keep(asked: Asked, reply: Reply) -> Reply:
        if asked.method == "POST" or case.source not in {"population", "price_index"}:
            sent.append(reply.body)
        return reply

    service.spoil = keep
    made = town(**{case.source: service.base})
    fetched(made)
    assert sorted(made.files(case.source)) == sorted(sent)


def test_a_page_tells_where_it_came_from(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})
    fetched(made)
    files = landing.files_in_force(made.workspace, case.source)
    assert len(files) == case.pages
    for file in files:
        assert file.origin is not None
        assert file.origin.url.startswith(service.base)
        assert file.path == f"interfaces/{case.source}/{file.origin.page}.json"


def test_a_service_is_told_who_asks(town: MakeTown, case: Case, service: Played) -> None:
    fetched(town(**{case.source: service.base}))
    assert all(asked.agent.startswith("Yhteispeli/") for asked in service.asked)


def test_the_pages_of_a_new_fetch_replace_those_of_the_old(town: MakeTown) -> None:
    with served(ptv(5)) as service:
        made = town(directory_listings=service.base)
        fetched(made)
        service.play = ptv(2)
        fetched(made)
        assert len(made.files("directory_listings")) == 1
        assert len(landing.superseded_files(made.workspace, "directory_listings")) == 3


def test_requests_keep_their_pace(town: MakeTown) -> None:
    import time

    with served(CASES["events"].play) as service:
        made = town(events=service.base)
        begun = time.monotonic()
        made.fetch(Manners(pace=0.2, wait_initial=0.01))
        assert time.monotonic() - begun >= 0.4


def test_nothing_is_asked_when_nothing_is_switched_on(town: MakeTown, case: Case, service: Played) -> None:
    made = town(**{case.source: service.base})
    settings = made.workspace.settings_file
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("enabled = true", "enabled = false"), encoding="utf-8"
    )
    assert made.fetch() == []
    assert service.asked == []


def test_every_interface_of_the_settings_has_a_client() -> None:
    from pipelines.settings import Interfaces

    assert set(clients.CLIENTS) == set(Interfaces.model_fields)
    assert {"ytj_companies", "population", "municipal_finance"} <= set(contracts.sources())


# YTJ


def register(town: Town, *identifiers: str) -> None:
    """Put an extract of the register into the inbox; the last association is of another municipality."""
    rows = [
        f"{number};{identifier};Yhdistys {number} ry;Esimerkkilä;1.1.2000;rekisterissä"
        for number, identifier in enumerate(identifiers, 1)
    ]
    rows += [
        f"900;{business_id(900)};Muualla ry;Helsinki;1.1.2000;rekisterissä",
        "901;1234567-8;Väärä ry;Esimerkkilä;1.1.2000;rekisterissä",
    ]
    text = "\n".join(["Rekisterinumero;Y-tunnus;Nimi;Kotipaikka;Rekisteröintipäivä;Tila", *rows])
    (town.workspace.inbox / "prh_register" / "ote.csv").write_text(text, encoding="utf-8")


def test_associations_are_asked_for_by_place_and_then_by_identifier(town: MakeTown) -> None:
    near, far = [company(number) for number in range(150)], [company(500), company(501)]
    with served(ytj(near, far[:1])) as service:
        made = town(ytj_companies=service.base)
        register(made, business_id(7), business_id(500), business_id(501))
        fetched(made)
        asked = [item.parameters for item in service.asked]
    assert asked[:2] == [{"companyForm": "AYH", "location": "Esimerkkilä", "page": page} for page in "12"]
    assert [item["businessId"] for item in asked[2:]] == [business_id(500), business_id(501)]
    assert len(made.files("ytj_companies")) == 3
    assert staged(made, "ytj_companies").height == 151


def test_a_company_is_read(town: MakeTown) -> None:
    ended = company(
        2,
        endDate="2024-05-31",
        lastModified="2024-06-01 08:00:00",
        registeredEntries=[{"register": "3", "registrationDate": "1990-01-01", "endDate": "2024-05-30"}],
        names=[
            {"name": "Vanha ry", "type": "1", "version": 2, "registrationDate": "1990-01-01"},
            {"name": "Rinnakkainen", "type": "2", "version": 1},
            {"name": "Uusi ry", "type": "1", "version": 1, "registrationDate": "2000-01-01"},
        ],
    )
    absent = company(3, registeredEntries=[{"register": "1", "registrationDate": "1990-01-01"}])
    with served(ytj([company(1), ended, absent])) as service:
        made = town(ytj_companies=service.base)
        fetched(made)
    rows = {row["business_id"]: row for row in staged(made, "ytj_companies").iter_rows(named=True)}
    one, two, three = (rows[business_id(number)] for number in (1, 2, 3))
    assert (one["name"], one["register_status"], one["ended_on"]) == ("Esimerkin yhdistys 1 ry", "registered", None)
    assert str(one["register_status_date"]) == "1997-09-01"
    assert str(one["last_modified"]) == "2026-08-19"
    assert (two["name"], two["register_status"], str(two["ended_on"])) == ("Uusi ry", "ended", "2024-05-31")
    assert (str(two["register_status_date"]), str(two["last_modified"])) == ("2024-05-30", "2024-06-01")
    assert (three["register_status"], three["register_status_date"]) == (None, None)


# Statistics Finland


@pytest.mark.parametrize("generation", ["old", "new"])
def test_population_in_both_generations(town: MakeTown, generation: str) -> None:
    with served(pxweb(generation)) as service:
        made = town(population=service.base)
        fetched(made)
        query = next(asked.body for asked in service.asked if asked.method == "POST")
    chosen = [item["selection"]["values"] for item in query["query"]]
    assert chosen == [["SSS", f"KU{TOWN}"], ["vaesto"], ["2018", "2019", "2020", "2021"]]
    rows = staged(made, "population")
    assert set(rows["area_code"]) == {"SSS", TOWN}
    assert rows.filter((pl.col("area_code") == TOWN) & (pl.col("period") == "2021"))["residents"].to_list() == [107]


def variable(code: str, text: str, *values: str, **marks: Any) -> dict[str, Any]:
    return {"code": code, "text": text, "values": list(values), "valueTexts": list(values), **marks}


AREA = variable("alue_1", "Alue", "SSS", f"KU{TOWN}")
YEARS = variable("v", "Vuosi", "2014", "2020M12", time=True)
WHAT = variable("contentscode", "Tiedot", "Väkiluku", "Osuus, %")
METADATA: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no such municipality": ([variable("a", "Alue", "SSS", "KU091"), YEARS, WHAT], "ei ole kuntaa 998"),
    "no area": ([YEARS, WHAT], "puuttuu odotettu kenttä: Alue"),
    "no time": ([AREA, WHAT], "puuttuu odotettu kenttä: Vuosi"),
    "no years": ([AREA, variable("v", "Vuosi", "1990", time=True), WHAT], "ei ole vuosia alkaen vuodesta 2015"),
    "no measure": ([AREA, YEARS, variable("c", "Tiedot", "Osuus, %")], "ei ole väkilukua"),
    "another breakdown": ([AREA, YEARS, WHAT, variable("k", "Kieli", "suomi", "ruotsi")], "jota ei tunneta: Kieli"),
    "texts missing": ([AREA | {"valueTexts": []}, YEARS, WHAT], "puuttuu odotettu kenttä: valueTexts"),
}


@pytest.mark.parametrize(("variables", "says"), METADATA.values(), ids=METADATA)
def test_a_table_that_does_not_fit(town: MakeTown, variables: list[dict[str, Any]], says: str) -> None:
    with served(lambda *_: as_json({"title": "x", "variables": variables})) as service:
        (outcome,) = town(population=service.base).fetch()
        assert outcome.failure is not None
        assert says in outcome.failure.fi
        assert {asked.method for asked in service.asked} == {"GET"}


def test_sex_and_age_are_asked_for_and_what_can_be_left_out_is(town: MakeTown) -> None:
    from pipelines.clients.population import QUESTION
    from pipelines.clients.pxweb import request

    settings = town().workspace.settings
    left_out = variable("k", "Kieli", "suomi", "ruotsi", elimination=True)
    asked = request(
        {
            "variables": [
                AREA,
                YEARS,
                WHAT,
                variable("s", "Sukupuoli", "SSS", "1"),
                variable("i", "Ikä", "SSS", "000"),
                left_out,
            ]
        },
        settings,
        QUESTION,
    )
    chosen = {item["code"]: item["selection"]["values"] for item in asked["query"]}  # type: ignore[attr-defined]
    assert chosen == {
        "alue_1": ["SSS", "KU998"],
        "v": ["2020M12"],
        "contentscode": ["Väkiluku"],
        "s": ["SSS", "1"],
        "i": ["SSS", "000"],
    }


def test_of_prices_only_the_points_of_the_whole_are_asked_for(town: MakeTown) -> None:
    with served(CASES["price_index"].play) as service:
        made = town(price_index=service.base)
        fetched(made)
        query = next(asked.body for asked in service.asked if asked.method == "POST")
    assert [item["selection"]["values"] for item in query["query"]] == [["2023", "2024"], ["0"], ["pisteluku"]]
    rows = staged(made, "price_index")
    assert rows.select("period", "index_points").rows() == [("2023", 100.0), ("2024", 101.0)]


PRICE_METADATA: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no time": ([variable("c", "Tiedot", "Pisteluku")], "puuttuu odotettu kenttä: Vuosi"),
    "no points": ([YEARS, variable("c", "Tiedot", "Vuosimuutos, %")], "ei ole hintaindeksin pistelukuja"),
    "no whole": ([YEARS, variable("g", "Alaryhmä", "Leipä", "Maito")], "jota ei tunneta: Alaryhmä"),
    "no years": ([variable("v", "Vuosi", "1990", time=True)], "ei ole vuosia alkaen vuodesta 2015"),
}


@pytest.mark.parametrize(("variables", "says"), PRICE_METADATA.values(), ids=PRICE_METADATA)
def test_a_table_that_is_no_price_index(town: MakeTown, variables: list[dict[str, Any]], says: str) -> None:
    with served(lambda *_: as_json({"title": "x", "variables": variables})) as service:
        (outcome,) = town(price_index=service.base).fetch()
        assert outcome.failure is not None
        assert says in outcome.failure.fi
        assert {asked.method for asked in service.asked} == {"GET"}


# State Treasury


def chosen_documents(town: MakeTown, *versions: dict[str, Any]) -> list[str]:
    """Fetch, and return which documents were asked for: `stage/package/period?publication`."""
    with served(treasury(list(versions))) as service:
        made = town(municipal_finance=service.base)
        fetched(made)
        documents = [asked for asked in service.asked if asked.path != "aineistot"]
    assert staged(made, "municipal_finance").height == 3 * len(documents)
    return ["/".join(asked.path.split("/")[1:]) + "?" + asked.parameters.get("v", "") for asked in documents]


EARLY, LATE = "2025-12-01T10:00:00.06Z", "2025-12-17 10:33:26"


def test_the_highest_stage_then_the_newest_publication(town: MakeTown) -> None:
    found = chosen_documents(
        town,
        {"stage": "Alustava", "published": "2026-05-01T00:00:00Z"},
        {"stage": "Hyväksytty", "published": LATE},
        {"stage": "Lopullinen", "published": EARLY},
        {"stage": "Lopullinen", "published": LATE},
        {"stage": "lopullinen", "published": None},
        {"stage": "Lopullinen", "published": "2027-01-01T00:00:00Z", "ytunnus": "2000000-1"},
        {"stage": "Lopullinen", "published": "2027-01-01T00:00:00Z", "raportointikokonaisuus": "KKNR"},
        {"stage": "Lopullinen", "period": "2014"},
        {"stage": "Alustava", "period": "2023", "published": EARLY},
    )
    assert found == [f"alustava/KTAS/9000003-8/2023?{EARLY}", f"lopullinen/KTAS/9000003-8/2024?{LATE}"]


def test_a_corrected_version_is_the_highest(town: MakeTown) -> None:
    found = chosen_documents(
        town, {"stage": "Lopullinen", "published": LATE}, {"stage": "jalkikorjattu", "published": EARLY}
    )
    assert found == [f"jalkikorjattu/KTAS/9000003-8/2024?{EARLY}"]


def test_the_document_is_whole_inside_its_envelope(town: MakeTown) -> None:
    body: list[bytes] = []
    with served(treasury([{}])) as service:

        def keep(asked: Asked, reply: Reply) -> Reply:
            body.append(reply.body)
            return reply

        service.spoil = keep
        made = town(municipal_finance=service.base)
        fetched(made)
    (content,) = made.files("municipal_finance")
    assert body[-1] in content
    assert json.loads(content)["rivit"] == json.loads(body[-1])
    rows = staged(made, "municipal_finance")
    assert set(rows["approval_stage"]) == {"final"}
    assert {str(day) for day in rows["published_at"]} == {"2025-12-17"}
    values = dict(rows.select("figure_code", pl.col("value_eur").cast(pl.String)).iter_rows())
    assert values == {"632": "54233060.00", "1093": None, "1094": None}


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ({"ytunnus": "2000000-1"}, "ei ole kunnan aineistoja (KTAS)"),
        ({"stage": "Kumottu"}, "kenttä: hyvaksymisvaihe"),
        ({"period": "vuosi"}, "kenttä: raportointikausi"),
    ],
)
def test_a_list_that_can_not_be_understood(town: MakeTown, version: dict[str, Any], says: str) -> None:
    with served(treasury([version])) as service:
        (outcome,) = town(municipal_finance=service.base).fetch()
    assert outcome.failure is not None
    assert says in outcome.failure.fi


# Linked Events and PTV


def test_every_type_of_event_is_asked_for_in_large_pages(town: MakeTown) -> None:
    with served(linked_events(1)) as service:
        fetched(town(events=service.base))
        (asked,) = service.asked
    assert asked.parameters == {"event_type": "General,Course,Volunteering", "start": "2015-01-01", "page_size": "100"}


@pytest.mark.parametrize(
    ("source", "play"), [("events", linked_events(0)), ("directory_listings", ptv(0)), ("ytj_companies", ytj([]))]
)
def test_a_service_that_knows_nothing_of_the_town(town: MakeTown, source: str, play: Any) -> None:
    with served(play) as service:
        (outcome,) = town(**{source: service.base}).fetch()
    assert outcome.failure is not None
    assert outcome.failure.fi.startswith("Palvelussa ei ole yhtään tietoa kunnasta.")


# The command line


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[Workspace]:
    """Leave the pipeline itself out; it has tests of its own."""
    begun: list[Workspace] = []

    def refresh(workspace: Workspace, _: Any) -> run.Outcome:
        begun.append(workspace)
        return run.Outcome("20240101-a", is_new=True)

    monkeypatch.setattr(run, "refresh", refresh)
    monkeypatch.setattr(cli, "print_accounts", lambda _: None)
    monkeypatch.setattr(
        clients, "CLIENTS", {name: clients.Client(client.fetch, FAST) for name, client in clients.CLIENTS.items()}
    )
    return begun


def test_a_refresh_asks_first_and_goes_on_when_a_service_fails(
    town: MakeTown, refreshed: list[Workspace], capsys: pytest.CaptureFixture[str]
) -> None:
    with served(pxweb("new")) as good, served(lambda *_: Reply(b"", 500)) as bad:
        made = town(population=good.base, events=bad.base)
        assert cli.refresh(made.workspace.root) == cli.CLEAN
    said = capsys.readouterr()
    assert "Väestö: tiedot haettu rajapinnasta (sivuja 1)." in said.out
    assert "häiriö (virhe 500). Yritä myöhemmin uudelleen. Päivitys jatkuu aiemmin haetuilla tiedoilla." in said.err
    assert "stamina" not in said.out + said.err
    assert len(refreshed) == 1


def test_offline_asks_nobody(town: MakeTown, refreshed: list[Workspace]) -> None:
    with served(pxweb("new")) as service:
        made = town(population=service.base)
        assert cli.refresh(made.workspace.root, offline=True) == cli.CLEAN
        assert service.asked == []
    assert len(refreshed) == 1


# The schedules


def test_a_scheduled_run_asks_the_sources_of_its_schedule_and_an_outage_stops_nothing(
    town: MakeTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        clients, "CLIENTS", {name: clients.Client(client.fetch, FAST) for name, client in clients.CLIENTS.items()}
    )
    with served(linked_events(5)) as events, served(ptv(1)) as ptv_service, served(pxweb("new")) as statfin:
        ptv_service.spoil = lambda _asked, _reply: Reply(status=500)
        made = town(events=events.base, directory_listings=ptv_service.base, population=statfin.base)
        repository = build_definitions(made.workspace).get_repository_def()
        schedule = repository.get_schedule_def("register_weekly")
        asked = schedule(dg.build_schedule_context(scheduled_execution_time=datetime.now(UTC)))
        assert isinstance(asked, dg.RunRequest)
        result = dg.materialize(
            [interfaces_asset()],
            resources={"build": Build(made.workspace, duckdb.connect())},
            tags=dict(asked.tags),
        )
        assert result.success
        (made_anew,) = result.asset_materializations_for_node("landing__interfaces")
        assert made_anew.metadata["events"].value == 3
        assert "500" in str(made_anew.metadata["directory_listings"].value)
        assert "population" not in made_anew.metadata
        assert not statfin.asked
