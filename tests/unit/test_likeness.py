"""Linking by likeness of names, against the labelled mentions of `tests/cases/names.yaml` and `names_test.yaml`."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from name_cases import DEVELOPMENT, HEAVY, HOME, TEST, Cases, as_rows, measure, outcomes, read_cases

from pipelines import likeness, linking
from pipelines.name_forms import forms, forms_of_mention, words

IS_HEAVY = pl.col("kind").str.starts_with(HEAVY)
NAMES = {
    "register_number": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "is_local": pl.Boolean,
    "status": pl.String,
}
HOME_OF_TESTS = "Kuvitelma"
LATU, PALLO, PALLO_TUKI = "Kuvitelman Latu ry", "Kuvitelman Pallo ry", "Kuvitelman Pallon Tuki ry"


@pytest.fixture(scope="module")
def cases() -> Cases:
    return read_cases(DEVELOPMENT)


@pytest.fixture(scope="module")
def found(cases: Cases) -> pl.DataFrame:
    return outcomes(cases)


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    return outcomes(read_cases(TEST))


def register(*rows: tuple[str, str, bool, str] | tuple[str, str]) -> pl.DataFrame:
    """Names of associations: number, name, then whether local and the status, when they matter."""
    full = [(number, name, "current", *(rest or (True, "registered"))) for number, name, *rest in rows]
    return pl.DataFrame(full, schema=NAMES, orient="row")


def clear(mention: str, names: pl.DataFrame) -> str | None:
    """Return the association that a mention is linked to without a person."""
    rows = likeness.candidates([mention], names, HOME_OF_TESTS).filter(pl.col("is_clear"))
    return None if rows.is_empty() else rows["register_number"].item()


def test_what_is_measured_is_large_and_none_of_it_is_for_development(cases: Cases, measured: pl.DataFrame) -> None:
    assert measured.filter(~IS_HEAVY & pl.col("expected").is_not_null()).height >= 250
    assert measured.filter(IS_HEAVY & pl.col("expected").is_not_null()).height >= 100
    assert measured.filter(pl.col("expected").is_null()).height >= 100
    for mentions in (cases.mentions["mention"], measured["mention"]):
        assert mentions.is_unique().all()
    assert cases.mentions.join(measured, on="mention", how="semi")["mention"].to_list() == []


def test_light_noise(measured: pl.DataFrame) -> None:
    score = measure(measured.filter(~IS_HEAVY))
    assert score.precision >= 0.995
    assert score.recall >= 0.95
    assert score.top_three >= 0.99


def test_heavy_noise(measured: pl.DataFrame) -> None:
    score = measure(measured.filter(IS_HEAVY))
    assert score.precision >= 0.995
    assert score.recall >= 0.785
    assert score.top_three >= 0.98


@pytest.mark.parametrize("mentions", ["found", "measured"])
def test_no_near_twin_is_joined(mentions: str, request: pytest.FixtureRequest) -> None:
    twins = request.getfixturevalue(mentions).filter(
        pl.col("kind").str.contains("near_twin") & pl.col("expected").is_null()
    )
    assert twins.height > 100
    joined = twins.filter(pl.col("register_number").is_not_null())
    assert joined["mention"].to_list() == []


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("Kuvitelman Eläkkeensaajat", "Kuvitelman Eläkeläiset ry"),
        ("Ylälammen Metsästysseura", "Alalammen Metsästysseura ry"),
        ("Kuvitelman Pallo juniorit", PALLO),
        ("Kuvitelman Pallon veteraanit", PALLO),
        ("Kuvitelman Pallo-kerho", PALLO),
        ("Kuvitelman Pallo 2", PALLO),
        ("Työläisten osasto 21", "Työläisten osasto 12 ry"),
        ("Turun Kuvittelijat", "Tornion Kuvittelijat ry"),
        ("Kuvitelman Mieslaulajat", "Kuvitelman Naislaulajat ry"),
        ("Kuvittelijoiden liitto", "Kuvittelijoiden yhdistys ry"),
        ("Kuvitelman kotiseutuyhdistys", "Kuvitelman Hembygdsförening rf"),
        ("Kuvitelman Pallo / Sepitteen Latu", PALLO),
        ("Kuvitelman Latu ry ja Sepitteen Pallo ry", LATU),
        ("XYZ", "XYZ Kuvitelman Latu ry"),
        ("Latu, Sepite", LATU),
        ("Lautu", LATU),  # one word of few letters, misspelt
        ("Kuvitelman m.seura", "Kuvitelman Mittaseura ry"),  # too little of the word
    ],
)
def test_what_tells_two_bodies_apart(mention: str, name: str) -> None:
    assert clear(mention, register(("1", name), ("2", "Aivan Toinen Yhdistys ry"))) is None


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("Kuvitelman Ladulle", LATU),
        ("Latu, Kuvitelman", LATU),
        ("Kuvitelmn Latu", LATU),
        ("Kuvitelman Latu ry (toiminta 2024)", LATU),
        ("KuvitelmanLatu", LATU),
        ("Kuvitelman L\ufffdhde", "Kuvitelman Lähde ry"),
        ("Kuvitelman LÃ¤hde", "Kuvitelman Lähde ry"),
        ("Kuvitelma Marthor", "Kuvitelman Martat ry"),
        ("SPR Kuvitelman osasto", "Suomen Punaisen Ristin Kuvitelman osasto ry"),
        ("KYL", "Kuvitelman Yhteinen Lentoseura KYL ry"),
        ("Kuvitelman Yhteinen Lentoseura", "Kuvitelman Yhteinen Lentoseura KYL ry"),
        ("KYLE", "KYLE Kuvitelman Yhteinen Lentoseura ry"),  # LE of Lentoseura
        ("Kuvitelma Vänförening", "Kuvitelman Ystävyysseura ry Kuvitelma Vänförening rf"),
        ("Helsingfors Kuvittelijat", "Helsingin Kuvittelijat ry"),
        ("Latu", LATU),
        ("Latu ry (Kuvitelma)", LATU),
        ("Kuvitelman Sepitteen Latu", "Sepitteen Latu ry"),
        ("Sepitteen Latu, Kuvitelma", "Sepitteen Latu ry"),
        ("Kuvitelman mitt.seura", "Kuvitelman Mittaseura ry"),
        ("Kuvitelman mitta seuran", "Kuvitelman Mittaseura ry"),
        ("K:lman Mittaseura", "Kuvitelman Mittaseura ry"),
        ("Kuvitelman mittakepp.", "Kuvitelman Mittakeppi ry"),
        ("Kuvitelman Mittakepeille", "Kuvitelman Mittakepit ry"),
        ("Kuvitelman Veikkojen", "Kuvitelman Veikot ry"),
        ("S.P.R. Kuvitelman osasto", "Suomen Punaisen Ristin Kuvitelman osasto ry"),
        ("SPR:lle Kuvitelman osasto", "Suomen Punaisen Ristin Kuvitelman osasto ry"),
        ("Kuvitelman Latu (ent. Hiihtäjät)", LATU),
        ("Kuvitelman Latu / hallitus", LATU),
        ("Kuvitelman La¨hde", "Kuvitelman Lähde ry"),
    ],
)
def test_what_is_one_body(mention: str, name: str) -> None:
    names = register(("1", name), ("2", "Aivan Toinen Yhdistys ry"), ("3", "Sepitteen Ompelijat ry"))
    assert clear(mention, names) == "1"


def test_the_name_of_the_municipality_may_be_there_or_not_in_local_names_only() -> None:
    elsewhere, here = [("1", "Sepitteen Latu ry", is_local, "registered") for is_local in (False, True)]
    assert clear("Kuvitelman Sepitteen Latu", register(elsewhere)) is None
    assert clear("Kuvitelman Sepitteen Latu", register(here)) == "1"
    assert clear("Latu", register(("1", LATU), ("2", "Sepitteen Latu ry"))) is None


def test_the_better_of_two_twins_is_linked_and_the_other_is_its_runner_up() -> None:
    rows = likeness.candidates(["Kuvitelman Pallon tuelle"], register(("1", PALLO), ("2", PALLO_TUKI)), HOME_OF_TESTS)
    assert rows.select("register_number", "is_clear").rows() == [("2", True), ("1", False)]


def test_between_two_of_one_name_the_local_one_comes_first_but_a_person_decides() -> None:
    names = register(("1", LATU, False, "registered"), ("2", LATU, True, "registered"), ("3", LATU, True, "ended"))
    rows = likeness.candidates(["Kuvitelman Latuu"], names, HOME_OF_TESTS)
    assert rows["register_number"].to_list() == ["2", "1", "3"]
    assert not rows["is_clear"].any()


def test_an_acronym_that_two_bear_stands_for_neither() -> None:
    names = register(("1", "Kuvitelman Lentäjät KUL ry"), ("2", "Kuvitelman Uimarit KUL ry"))
    assert clear("KUL", names) is None


def test_a_body_with_another_business_id_is_no_candidate() -> None:
    names = register(("1", LATU))
    associations = names.select("register_number", "is_local", "status", business_id=pl.lit("9123457-3"))
    known = names.select("register_number", "name", "kind").with_columns(name_key=linking.name_key(pl.col("name")))
    mentions = as_rows(pl.DataFrame({"mention": ["Kuvitelman Latuu"] * 3})).with_columns(
        business_id=pl.Series([None, "9100000-0", "9123457-3"])
    )
    links = linking.link(mentions, associations, known, HOME_OF_TESTS)
    assert links["method"].to_list() == ["likeness", "unlinked", "business_id"]


def test_a_name_in_the_review_band_keeps_its_three_best_and_no_link(cases: Cases) -> None:
    mentions = as_rows(
        pl.DataFrame({"mention": ["Rakennustyöläisten Esimerkkilän osasto", "Perjantain kahvittelijat"]})
    )
    links = linking.link(mentions, cases.associations, cases.names, HOME)
    assert links.select("method", "register_number", "score").rows() == [
        ("review", None, None),
        ("unlinked", None, None),
    ]
    candidates = linking.link_candidates(links, cases.associations, cases.names, HOME)
    assert candidates.select("line", "rank").rows() == [(1, 1), (1, 2), (1, 3)]
    assert candidates["score"].is_between(likeness.REVIEW_BAR, 1).any()


def test_the_order_of_the_register_does_not_matter(cases: Cases) -> None:
    mentions = cases.mentions["mention"].head(60)
    names = cases.names.join(cases.associations, on="register_number").drop("name_right")
    first = likeness.candidates(mentions.to_list(), names, HOME)
    again = likeness.candidates(mentions.to_list(), names.reverse(), HOME)
    assert first.equals(again)


@pytest.mark.parametrize("mention", ["", "***", "ry", "  ", "-", "r.y.", "2024"])
def test_a_mention_that_says_nothing_has_no_candidates(mention: str) -> None:
    assert forms_of_mention(mention) == ()
    assert likeness.candidates([mention], register(("1", LATU)), HOME_OF_TESTS).is_empty()


def test_an_empty_register_has_no_candidates() -> None:
    assert likeness.candidates(["Kuvitelman Latu"], register(), HOME_OF_TESTS).is_empty()


def test_the_forms_of_a_name_in_two_languages() -> None:
    texts = [form.text for form in forms("Kuvitelman Ystävyysseura ry Kuvitelma Vänförening rf")]
    assert texts == ["kuvitelman ystavyys", "kuvitelma ystavyys"]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_has_forms_and_a_likeness_between_nought_and_one(text: str) -> None:
    rows = likeness.candidates([text], register(("1", LATU), ("2", PALLO), ("3", PALLO_TUKI)), HOME_OF_TESTS)
    assert rows["score"].is_between(0, 1.0001).all()
    assert all(word.text for word in words(text))
