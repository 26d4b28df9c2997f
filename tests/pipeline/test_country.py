"""A country of three municipalities: rows are accounted for, one failure stops no other, the comparison invents nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines import run
from pipelines.country import commands, comparison, parting, refreshing
from pipelines.country.folder import Country
from pipelines.country.refreshing import TownOutcome
from pipelines.example.country import Amounts
from pipelines.example.country_files import write_amounts
from pipelines.settings import WorkspaceError
from pipelines.sources.json_stat import areas_of, cut_areas
from pipelines.workspace import Workspace

AMOUNTS = Amounts(towns=3, associations=150, grants=300, returns=250, events=150, bookings=150)
RETURNS = """Vuosi;Yhdistys;Jäsenmäärä
2025;Kuvitteellinen Lisäys ry;12
"""


@dataclass(frozen=True)
class Refreshed:
    """A country after its first refresh and after one with new input, with what was printed and which editions there were."""

    country: Country
    first: tuple[int, str, str]
    editions: dict[str, str]
    comparison_id: str | None
    second: tuple[int, str, str]
    touched: str
    broken: str
    left: str


def _editions(country: Country) -> dict[str, str]:
    return {code: workspace.current_file.read_text().strip() for code, workspace in country.towns.items()}


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory, capsys_module: Callable[[], tuple[str, str]]) -> Refreshed:
    root = tmp_path_factory.mktemp("country") / "land"
    write_amounts(root, AMOUNTS, seed=3)
    country = Country(root)
    first = (commands.refresh(root), *capsys_module())
    editions, compared = _editions(country), comparison.current_id(country)
    touched, broken, left = country.towns
    new = country.towns[touched].inbox / "association_returns" / "lisays.csv"
    new.write_text(RETURNS, encoding="utf-8")
    country.towns[broken].settings_file.write_text("[municipality\n", encoding="utf-8")
    second = (commands.refresh(root), *capsys_module())
    return Refreshed(Country(root), first, editions, compared, second, touched, broken, left)


@pytest.fixture(scope="module")
def capsys_module() -> Iterator[Callable[[], tuple[str, str]]]:
    """What the command line printed since it was last asked, for fixtures of a module."""
    out, errors = StringIO(), StringIO()

    def asked() -> tuple[str, str]:
        said = out.getvalue(), errors.getvalue()
        for stream in (out, errors):
            stream.seek(0)
            stream.truncate()
        return said

    with redirect_stdout(out), redirect_stderr(errors):
        yield asked


def _town_values(refreshed: Refreshed, code: str) -> list[tuple[object, ...]]:
    file = refreshed.country.towns[code].editions / refreshed.editions[code] / "public.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            """
            SELECT figures.indicator_id, figures.period, figures.value, figures.is_hidden, cards.kind,
                (SELECT max(population) FROM marts.indicator_values AS whole
                 WHERE whole.indicator_id = 'associations_per_1000' AND whole.breakdown = 'total'
                     AND whole.period = figures.period)
            FROM marts.indicator_values AS figures
            JOIN meta.indicators AS cards USING (indicator_id)
            WHERE figures.breakdown = 'total' AND cards.audience = 'public'
            """
        ).fetchall()


def _compared(refreshed: Refreshed) -> dict[tuple[str, str, str], tuple[float | None, str | None, str]]:
    file = refreshed.country.comparison / str(refreshed.comparison_id) / "public.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "SELECT municipality_code, indicator_id, period, value, reason, measure FROM comparison.figures"
        ).fetchall()
    return {
        (code, indicator, period): (value, reason, measure) for code, indicator, period, value, reason, measure in rows
    }


def test_the_first_refresh_publishes_every_town_and_the_comparison(refreshed: Refreshed) -> None:
    code, out, errors = refreshed.first
    assert (code, errors.strip()) == (commands.DONE, "")
    assert "Kuntia 3: uusi julkaisu 3, ennallaan 0, epäonnistui 0." in out
    assert "155 riviä luettu = 150 annettu 3 kunnalle + 5 jätetty sivuun." in out
    assert "  - 5: Kuntaa ei tunneta." in out
    assert f"Kuntien vertailu on julkaistu: {refreshed.comparison_id}." in out
    assert len(refreshed.editions) == 3


def test_the_parts_of_the_register_are_the_register(refreshed: Refreshed) -> None:
    """The rows of the municipality whose settings can't be read are set aside with the strays."""

    def numbers(path: Path) -> list[str]:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        start = next(place for place, line in enumerate(lines) if line.startswith("Rekisterinumero"))
        return [line.split(";")[0] for line in lines[start + 1 :]]

    (national,) = (refreshed.country.inbox / "prh_register").iterdir()
    whole = (refreshed.country.towns[code] for code in (refreshed.touched, refreshed.left))
    parts = [file for town in whole for file in (town.inbox / "prh_register").iterdir()]
    aside = (refreshed.country.set_aside / "prh_register" / f"{national.stem}.csv").read_text(encoding="utf-8-sig")
    given = [number for part in parts for number in numbers(part)]
    kept_aside = [line.split(";")[3] for line in aside.splitlines()]
    assert "Kunnan asetuksia ei voi lukea." in aside
    assert sorted(given + kept_aside) == sorted(numbers(national))


def test_only_what_changed_is_done_again_and_a_failure_stops_no_other(refreshed: Refreshed) -> None:
    code, out, errors = refreshed.second
    now = _editions(refreshed.country)
    assert code == commands.SOME_FAILED
    assert "uusi julkaisu 1, ennallaan 1, epäonnistui 1" in out
    assert f"Kunta {refreshed.broken} (" in errors
    assert "municipality.toml" in errors
    assert now[refreshed.touched] != refreshed.editions[refreshed.touched]
    assert now[refreshed.broken] == refreshed.editions[refreshed.broken]
    assert now[refreshed.left] == refreshed.editions[refreshed.left]
    assert comparison.current_id(refreshed.country) != refreshed.comparison_id
    kept = refreshed.country.towns[refreshed.left].editions
    assert [folder.name for folder in kept.iterdir()] == [refreshed.editions[refreshed.left]]


def test_the_comparison_has_the_figures_of_the_towns(refreshed: Refreshed) -> None:
    compared = _compared(refreshed)
    shown = 0
    for code in refreshed.country.towns:
        for indicator, period, value, is_hidden, kind, residents in _town_values(refreshed, code):
            told, reason, measure = compared.pop((code, str(indicator), str(period)))
            assert measure == ("as_it_is" if kind == "share" else "per_1000")
            if is_hidden or value is None or (kind != "share" and residents is None):
                assert told is None
                assert reason
                continue
            shown += 1
            assert told == pytest.approx(value if kind == "share" else value * 1000 / residents, rel=1e-12)
            assert reason is None
    assert compared == {}
    assert shown > 100


def test_what_a_town_hides_stays_hidden(refreshed: Refreshed) -> None:
    compared = _compared(refreshed)
    hidden = [
        compared[code, str(indicator), str(period)][:2]
        for code in refreshed.country.towns
        for indicator, period, _, is_hidden, _, _ in _town_values(refreshed, code)
        if is_hidden
    ]
    assert hidden
    assert set(hidden) == {(None, "comparison.hidden")}


def test_the_comparison_can_be_read_by_others_and_the_rest_of_the_country_s_rows_can_not(refreshed: Refreshed) -> None:
    folder = refreshed.country.comparison / str(refreshed.comparison_id)
    assert (folder / "public.duckdb").stat().st_mode & 0o777 == 0o644
    assert (refreshed.country.set_aside / "prh_register").stat().st_mode & 0o077 == 0


def test_peers_are_the_nearest_in_residents() -> None:
    towns = pl.DataFrame({"municipality_code": ["a", "b", "c", "d"], "residents": [100, 110, 90, None]})
    assert comparison.nearest(towns, 1).rows() == [("a", 1, "b"), ("b", 1, "a"), ("c", 1, "a")]
    assert comparison.nearest(towns, 9).filter(municipality_code="c")["peer_code"].to_list() == ["a", "b"]


def test_a_dead_worker_is_found_and_the_others_are_refreshed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_amounts(tmp_path / "land", Amounts(6, 30, 0, 0, 0, 0), seed=1)
    country = Country(tmp_path / "land")
    codes = list(country.towns)
    deadly = codes[1]

    def run(_country: Country, asked: Sequence[str], _workers: int) -> Iterator[TownOutcome]:
        for code in asked:
            if code == deadly:
                raise BrokenProcessPool
            yield TownOutcome(code, "1", is_new=True)

    monkeypatch.setattr(refreshing, "_run", run)
    outcomes = {outcome.code: outcome for outcome in refreshing.refresh(country, codes)}
    assert set(outcomes) == set(codes)
    assert [code for code, outcome in outcomes.items() if outcome.failure] == [deadly]


def test_a_file_that_can_not_be_parted_is_refused_by_name(tmp_path: Path) -> None:
    write_amounts(tmp_path / "land", Amounts(3, 30, 0, 0, 0, 0), seed=1)
    country = Country(tmp_path / "land")
    for source, name in (("meetings", "foorumit.csv"), ("prh_register", "kuva.csv")):
        (country.inbox / source).mkdir(exist_ok=True)
        (country.inbox / source / name).write_bytes(b"%PDF-1.4")
    refused = {file.file_name: file.refused.fi for file in parting.part_all(country, {}) if file.refused}
    assert refused["foorumit.csv"].startswith("Lähteen Foorumien kokoukset tiedosto ei kerro")
    assert "PDF" in refused["kuva.csv"]


def _population(country: Country) -> tuple[Path, dict[str, Any]]:
    (file,) = (country.inbox / "population").iterdir()
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return file, document


def test_a_table_that_names_a_municipality_twice_is_refused_and_the_other_files_are_parted(tmp_path: Path) -> None:
    write_amounts(tmp_path / "land", Amounts(3, 30, 0, 0, 0, 0), seed=1)
    country = Country(tmp_path / "land")
    code = next(iter(country.towns))
    file, document = _population(country)
    category = document["dimension"]["alue_23_20260101"]["category"]
    category["index"] = {(code if area == "SSS" else area): place for area, place in category["index"].items()}
    file.write_text(json.dumps(document), encoding="utf-8")
    told = {parted.source: parted for parted in parting.part_all(country, {})}
    refusal = told["population"].refused
    assert refusal is not None
    assert f"kunnasta {code} kahdella alueella ({code}, KU{code})" in refusal.fi
    assert not (country.towns[code].inbox / "population" / f"{parting.PART_PREFIX}{file.stem}.json").exists()
    assert told["prh_register"].given.keys() == country.towns.keys()


def test_a_municipality_that_a_new_table_leaves_out_keeps_none_of_the_old_rows(tmp_path: Path) -> None:
    write_amounts(tmp_path / "land", Amounts(2, 30, 20, 20, 20, 20), seed=1)
    country = Country(tmp_path / "land")
    stays, left_out = country.towns
    state: dict[str, Any] = {}
    parting.part_all(country, state)
    assert refreshing.refresh_town(left_out, str(country.towns[left_out].root)).failure is None
    assert _residents(country.towns[left_out]) > 0
    file, document = _population(country)
    area = areas_of(document, [f"KU{stays}"])
    ((_, cut),) = cut_areas(document, area, [f"KU{stays}"])
    file.write_text(json.dumps(cut), encoding="utf-8")
    (told,) = (parted for parted in parting.part_all(country, state) if parted.source == "population")
    assert told.given.keys() == {stays}
    assert refreshing.refresh_town(left_out, str(country.towns[left_out].root)).failure is None
    assert _residents(country.towns[left_out]) == 0


def _residents(workspace: Workspace) -> int:
    files = run.accounts(workspace)[0].filter(pl.col("source") == "population", pl.col("state") != "superseded")
    return int(files["rows_staged"].sum())


def test_a_part_that_stays_the_same_is_not_written_again(tmp_path: Path) -> None:
    write_amounts(tmp_path / "land", Amounts(3, 30, 0, 0, 0, 0), seed=1)
    country = Country(tmp_path / "land")
    parting.part_all(country, {})
    marks = refreshing.changed(country, {})
    (national,) = (country.inbox / "prh_register").iterdir()
    lines = national.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    last_of_town = max(place for place, line in enumerate(lines) if f";{next(iter(country.towns))};" in line)
    changed = lines[last_of_town].replace(" ry;", " Uusi ry;")
    national.write_text("".join([*lines[:last_of_town], changed, *lines[last_of_town + 1 :]]), encoding="utf-8-sig")
    parting.part_all(country, {})
    after = refreshing.changed(country, {})
    assert [code for code in after if after[code] != marks[code]] == [next(iter(country.towns))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 1", "name"),
        ('name = "A"\ntowns = [{code = "1", folder = "towns/1"}]', "towns.0.code"),
        ('name = "A"\ntowns = [{code = "001", folder = "../x"}]', "sisällä"),
        ('name = "A"\ntowns = [{code = "001", folder = "a"}, {code = "001", folder = "b"}]', "kahdesti"),
        ("name = ", "country.toml"),
    ],
)
def test_faulty_settings_are_told_in_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "country.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=said):
        _ = Country(tmp_path).settings


def test_the_state_of_earlier_refreshes_is_kept(refreshed: Refreshed) -> None:
    state = json.loads(refreshed.country.state_file.read_text(encoding="utf-8"))
    assert set(state["refreshed"]) == set(refreshed.country.towns)
