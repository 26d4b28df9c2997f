"""The interface for programs: formats, tags, filters, problems and methods, at the real application."""

from __future__ import annotations

import csv
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path
from shutil import copytree
from typing import Any

import duckdb
import httpx
import pytest
from small_edition import EDITION
from starlette.testclient import TestClient

from dashboards import data
from dashboards.api import answers, negotiation, routes
from dashboards.asgi import app
from dashboards.data import WORKSPACE_VARIABLE
from dashboards.palette import stylesheet
from dashboards.texts import speaking, tr

ADDRESSES = ["indicators", "indicators/memberships", "values", "terms", "terms/2021-2025"]


@pytest.fixture
def client(workspace: Path) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def shown(workspace: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(workspace / "editions" / EDITION / "public.duckdb"), read_only=True) as connection:
        yield connection


def of(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


# Figures


def test_every_value_is_the_one_of_the_edition(client: TestClient, shown: duckdb.DuckDBPyConnection) -> None:
    given: list[dict[str, Any]] = []
    address: str | None = "/api/v1/values?limit=100"
    while address:
        page = of(client.get(address))
        given += page["values"]
        address = page["next"]
    names = list(given[0])
    stored = shown.execute(f"SELECT {', '.join(names)} FROM marts.indicator_values").fetchall()
    key = names.index("indicator_id"), names.index("breakdown"), names.index("breakdown_value"), names.index("period")
    assert len(given) == page["total"] == len(stored)
    assert [tuple(row.values()) for row in given] == sorted(stored, key=lambda row: [row[place] for place in key])


def test_csv_and_json_say_the_same(client: TestClient) -> None:
    question = "/api/v1/values?indicator=grants_awarded_eur&indicator=memberships"
    told, table = of(client.get(question))["values"], rows(client.get(f"{question}&format=csv"))
    assert len(told) == len(table) > 10
    for value, row in zip(told, table, strict=True):
        for name, cell in row.items():
            assert cell == (
                "" if value[name] is None else str(value[name]).lower() if name == "is_hidden" else str(value[name])
            )


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("indicator=memberships", "indicator_id = 'memberships'"),
        ("indicator=memberships&indicator=founded&breakdown=total", "indicator_id IN ('memberships', 'founded') AND breakdown = 'total'"),
        ("period=2020&period=2021", "period IN ('2020', '2021')"),
        ("period_type=term", "period_type = 'term'"),
        ("breakdown=granting_body&breakdown_value=sport", "breakdown = 'granting_body' AND breakdown_value = 'sport'"),
        ("term=2021-2025", "period = '2021-2025' OR (period_type = 'year' AND period BETWEEN '2021' AND '2024')"),
        ("period=1900", "false"),
    ],
)  # fmt: skip
def test_filters(client: TestClient, shown: duckdb.DuckDBPyConnection, question: str, condition: str) -> None:
    expected = shown.execute(f"SELECT count(*) FROM marts.indicator_values WHERE {condition}").fetchone()
    assert (of(client.get(f"/api/v1/values?{question}"))["total"],) == expected


def test_pages_meet_and_name_the_next(client: TestClient) -> None:
    first = client.get("/api/v1/values?breakdown=total&limit=3")
    second = client.get(of(first)["next"])
    whole = of(client.get("/api/v1/values?breakdown=total&limit=6"))
    assert of(first)["values"] + of(second)["values"] == whole["values"]
    assert first.headers["link"] == f'<{of(first)["next"]}>; rel="next"'
    last = client.get(f"/api/v1/values?breakdown=total&offset={whole['total'] - 1}")
    assert (of(last)["next"], "link" in last.headers, len(of(last)["values"])) == (None, False, 1)


def test_indicators_and_terms_are_those_of_the_edition(client: TestClient, shown: duckdb.DuckDBPyConnection) -> None:
    cards = shown.execute("SELECT indicator_id, title_sv FROM meta.indicators ORDER BY position").fetchall()
    told = of(client.get("/api/v1/indicators"))["indicators"]
    assert [(card["indicator_id"], card["title"]["sv"]) for card in told] == cards
    assert [row["title_sv"] for row in rows(client.get("/api/v1/indicators?format=csv"))] == [
        title for _, title in cards
    ]
    assert {card["indicator_group"] for card in of(client.get("/api/v1/indicators?group=grants"))["indicators"]} == {
        "grants"
    }
    assert of(client.get("/api/v1/indicators/grants_paid_eur"))["breaks"][0]["breaks_on"] == "2023-01-01"
    terms = shown.execute("SELECT term_id FROM meta.council_terms ORDER BY term_id DESC").fetchall()
    assert [(term["term_id"],) for term in of(client.get("/api/v1/terms"))["terms"]] == terms
    figures = of(client.get("/api/v1/terms/2021-2025"))["figures"]
    stored = shown.execute(
        "SELECT latest, change, target_gap FROM marts.term_values WHERE term_id = '2021-2025'"
    ).fetchall()
    assert sorted(map(str, stored)) == sorted(str((row["latest"], row["change"], row["target_gap"])) for row in figures)


# Editions


def test_an_earlier_edition_can_be_asked_for(client: TestClient, workspace: Path) -> None:
    later = workspace / "editions" / "20270101-later"
    copytree(workspace / "editions" / EDITION, later)
    described = {"published_at": "2027-01-01T06:00:00+00:00", "software_version": "0.2.0"}
    (later / "edition.json").write_text(json.dumps(described), encoding="utf-8")
    with duckdb.connect(str(later / "public.duckdb")) as connection:
        connection.execute("UPDATE meta.edition SET edition_id = '20270101-later'")
        connection.execute("UPDATE marts.indicator_values SET value = 1 WHERE indicator_id = 'founded'")
    (workspace / "CURRENT").write_text(later.name, encoding="utf-8")
    (workspace / "editions" / ".half.partial").mkdir()
    listed = of(client.get("/api/v1/editions"))
    assert [edition["edition_id"] for edition in listed["editions"]] == ["20270101-later", EDITION]
    assert [edition["is_current"] for edition in listed["editions"]] == [True, False]
    assert listed["current"] == "20270101-later"
    question = "/api/v1/values?indicator=founded&period=2020&breakdown=total"
    now, then = client.get(question), client.get(f"{question}&edition={EDITION}")
    assert of(now)["values"][0]["value"] == 1
    assert of(then)["values"][0]["value"] != 1
    assert (of(now)["edition"], of(then)["edition"]) == ("20270101-later", EDITION)
    assert now.headers["etag"] != then.headers["etag"]
    assert (now.headers["cache-control"], then.headers["cache-control"]) == (answers.FOR_A_MINUTE, answers.FOR_A_DAY)


def test_an_edition_tells_its_facts_and_files(client: TestClient) -> None:
    told = of(client.get(f"/api/v1/editions/{EDITION}"))
    assert (told["municipality_name"], told["is_example"], told["data_until"]) == ("Esimerkkilä", True, "2026-03-01")
    for file in told["files"]:
        content = client.get(file["address"]).content
        assert (len(content), sha256(content).hexdigest()) == (file["size"], file["sha256"]), file["path"]


# HTTP


@pytest.mark.parametrize("address", [*ADDRESSES, "editions", f"editions/{EDITION}", "openapi.json"])
def test_what_has_not_changed_is_not_sent_again(client: TestClient, address: str) -> None:
    first = client.get(f"/api/v1/{address}")
    tag = first.headers["etag"]
    for known in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
        again = client.get(f"/api/v1/{address}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"/api/v1/{address}", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_form_has_a_tag_of_its_own(client: TestClient, address: str) -> None:
    forms = [
        client.get(f"/api/v1/{address}", headers={"Accept": accept}) for accept in ("application/json", "text/csv")
    ]
    assert [form.headers["content-type"].partition(";")[0] for form in forms] == ["application/json", "text/csv"]
    assert forms[0].headers["etag"] != forms[1].headers["etag"]
    assert "Accept" in forms[0].headers["vary"]


def test_the_compressed_answer_is_the_plain_one(client: TestClient) -> None:
    plain = client.get("/api/v1/values", headers={"Accept-Encoding": "identity"})
    compressed = client.get("/api/v1/values", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) < len(plain.content) / 3
    assert compressed.content == plain.content


@pytest.mark.parametrize("address", ["/api/v1/values", "/api/v1/", "/api/v1/nothing", "/open-data/current/dcat.jsonld"])
def test_head_tells_what_get_would(client: TestClient, address: str) -> None:
    whole, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers.get("etag") == whole.headers.get("etag")


def test_options_tell_the_methods_and_let_other_sites_read(client: TestClient) -> None:
    answer = client.options("/api/v1/values", headers={"Origin": "https://muu.example"})
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    for address in ("/api/v1/values", "/api/v1/nothing", "/open-data/current/dcat.jsonld"):
        assert client.get(address).headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in client.get("/api/v1/values").headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/values", content=b"{}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["status"] == 405


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("application/json;q=0.4, text/csv;q=0.8", "text/csv"),
        ("text/csv;q=0.4, application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv;q=0", None),
        ("application/xml", None),
        ("text/csv;q=x", None),
    ],
)
def test_the_form_that_is_liked_best_is_given(client: TestClient, accept: str, form: str | None) -> None:
    answer = client.get("/api/v1/terms", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (
        (406, "application/problem+json") if form is None else (200, form)
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "fi"), ("sv", "sv"), ("en-GB,en;q=0.9", "en"), ("de, sv;q=0.3, en;q=0.2", "sv"), ("de", "fi"), ("fi;q=0", "fi")],
)  # fmt: skip
def test_the_language_that_is_liked_best_is_spoken(header: str, language: str) -> None:
    assert negotiation.language(httpx.Headers({"accept-language": header})) == language  # type: ignore[arg-type]


# Problems


@pytest.mark.parametrize(
    ("address", "status", "finnish", "swedish"),
    [
        ("values?year=2020", 422, "Parametria year ei ole.", "Det finns ingen parameter year."),
        ("editions?x=1", 422, "Parametria x ei ole.", "Det finns ingen parameter x."),
        ("editions/1?x=1", 422, "Parametria x ei ole.", "Det finns ingen parameter x."),
        ("values?limit=0", 422, "Parametrin limit arvo ei voi olla ”0”.", "Parametern limit kan inte vara ”0”."),
        ("values?format=xml", 422, "Parametrin format arvo ei voi olla ”xml”.", "Parametern format kan inte vara ”xml”."),
        ("values?indicator=no", 404, "ei ole tunnuslukua no.", "inget nyckeltal no."),
        ("values?term=1999-2001", 404, "ei ole valtuustokautta 1999-2001.", "ingen fullmäktigeperiod 1999-2001."),
        ("values?edition=no", 404, "Julkaisua no ei ole.", "Det finns ingen utgåva no."),
        ("editions/..%2f..", 404, "Tällaista osoitetta ei ole.", "Det finns ingen sådan adress."),
        ("indicators/no", 404, "ei ole tunnuslukua no.", "inget nyckeltal no."),
        ("terms/no", 404, "ei ole valtuustokautta no.", "ingen fullmäktigeperiod no."),
        ("nothing", 404, "Tällaista osoitetta ei ole.", "Det finns ingen sådan adress."),
    ],
)  # fmt: skip
def test_a_problem_is_one_sentence(client: TestClient, address: str, status: int, finnish: str, swedish: str) -> None:
    for language, words in (("fi", finnish), ("sv", swedish)):
        answer = client.get(f"/api/v1/{address}", headers={"Accept-Language": language})
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, problem["status"], problem["type"]) == (status, status, "about:blank")
        assert words in problem["detail"]
        assert answer.headers["content-language"] == language
        assert answer.headers["cache-control"] == "no-store"


def test_without_an_edition_the_interface_says_so(
    client: TestClient, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "CURRENT").unlink()
    answer = client.get("/api/v1/values")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Lukuja ei ole vielä julkaistu.")
    assert answer.headers["retry-after"] == "60"
    assert client.get("/open-data/").status_code == 503
    (workspace / "CURRENT").write_text("gone", encoding="utf-8")
    assert client.get("/api/v1/values").status_code == 503
    monkeypatch.delenv(WORKSPACE_VARIABLE)
    assert client.get("/api/v1/editions").status_code == 503


def test_a_fault_of_the_program_shows_nothing_of_itself(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("a secret of the program")

    monkeypatch.setattr(data, "published_editions", fail)
    answer = client.get("/api/v1/editions")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


# Pages and files


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("address", ["/api/v1/", "/open-data/"])
def test_pages_speak_each_language(client: TestClient, address: str, language: str) -> None:
    asked = client.get(f"{address}?lang={language}")
    liked = client.get(address, headers={"Accept-Language": language})
    assert asked.text == liked.text
    assert f'<html lang="{language}">' in asked.text
    with speaking(language):
        assert tr("Interface for programs") in asked.text or tr("Tables of the open data") in asked.text
    assert "<script" not in asked.text
    assert "script-src" not in asked.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/api/v1/", "/open-data/"])
def test_pages_without_a_script_have_the_colours_and_may_show_them(client: TestClient, address: str) -> None:
    answer = client.get(address)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style == stylesheet()
    allowed = f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
    assert allowed in answer.headers["content-security-policy"]


def test_every_address_of_the_description_is_on_the_page(client: TestClient) -> None:
    page = client.get("/api/v1/").text
    for path, item in of(client.get("/api/v1/openapi.json"))["paths"].items():
        assert path.replace("indicator_id", "id").replace("term_id", "id").replace("edition_id", "id") in page
        for parameter in item["get"].get("parameters", []):
            assert parameter["in"] == "path" or parameter["name"] in page


def test_every_link_of_the_open_data_leads_to_its_file(client: TestClient) -> None:
    page = client.get("/open-data/").text
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    files = [link for link in links if f"open-data/{EDITION}/" in link]
    opened = data.open_data(EDITION)
    assert opened is not None
    assert {link.partition(f"{EDITION}/")[2] for link in files} == set(opened.files)
    assert {client.get(link.replace("../", "/")).status_code for link in files} == {200}


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("csv/marts.indicator_values.csv", "text/csv; charset=utf-8"),
        ("parquet/marts.indicator_values.parquet", "application/vnd.apache.parquet"),
        ("dictionary.fi.md", "text/markdown; charset=utf-8"),
        ("datapackage.json", "application/json"),
        ("dcat.jsonld", "application/ld+json"),
    ],
)
def test_files_come_whole_and_in_parts(client: TestClient, workspace: Path, path: str, media_type: str) -> None:
    stored = (workspace / "editions" / EDITION / "open_data" / path).read_bytes()
    address = f"/open-data/{EDITION}/{path}"
    whole = client.get(address)
    assert (whole.content, whole.headers["content-type"]) == (stored, media_type)
    assert whole.headers["etag"] == f'"{sha256(stored).hexdigest()}"'
    assert client.get(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    part = client.get(address, headers={"Range": "bytes=-8"})
    assert (part.status_code, part.content) == (206, stored[-8:])
    led = client.get(f"/open-data/current/{path}", follow_redirects=False)
    assert led.status_code == 307
    assert client.get(f"/open-data/current/{path}").content == stored


@pytest.mark.parametrize(
    "path",
    [
        "../public.duckdb",
        "..%2fpublic.duckdb",
        "%2e%2e/public.duckdb",
        "%2e%2e%2f%2e%2e%2f%2e%2e%2fmunicipality.toml",
        "csv/..%2f..%2fpublic.duckdb",
        "csv/%2e%2e/%2e%2e/edition.json",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..%5cpublic.duckdb",
        "csv",
        "csv/",
        "",
        "csv/marts.indicator_values.csv%00",
        "CSV/MARTS.INDICATOR_VALUES.CSV",
    ],
)
@pytest.mark.parametrize("edition", [EDITION, "current", "..", "%2e%2e", "."])
def test_no_address_leads_out_of_the_open_data(client: TestClient, edition: str, path: str) -> None:
    answer = client.get(f"/open-data/{edition}/{path}", follow_redirects=True)
    if answer.status_code == 200:  # the client itself has shortened the address, to a page of the dashboards
        assert answer.headers["content-type"].startswith("text/html")
    else:
        assert answer.status_code in {400, 404}


def test_the_pages_of_the_dashboards_are_still_served(client: TestClient) -> None:
    page = client.get("/avoin-data", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "yp-labels" in page.text
    assert client.get("/apis/v1").headers["content-type"].startswith("text/html")


def test_addresses_stay() -> None:
    """Programs of others rest on these; a change of this list is a change for them."""
    described = routes.interface.openapi()["paths"]
    assert {path: sorted(item["name"] for item in operations["get"].get("parameters", [])) for path, operations in described.items()} == {
        "/api/v1/indicators": ["edition", "format", "group"],
        "/api/v1/indicators/{indicator_id}": ["edition", "format", "indicator_id"],
        "/api/v1/values": [
            "breakdown", "breakdown_value", "edition", "format", "indicator", "limit", "offset", "period", "period_type", "term",
        ],
        "/api/v1/terms": ["edition", "format"],
        "/api/v1/terms/{term_id}": ["edition", "format", "term_id"],
        "/api/v1/editions": [],
        "/api/v1/editions/{edition_id}": ["edition_id"],
    }  # fmt: skip
