"""Published results of another program, met to the last digit that it printed.

Source of the data: `apistrat` and `apiclus1` of the data set `api` of the R package survey 4.1-1 (T. Lumley; Academic
Performance Index of the California Department of Education), a few columns of it, as `tests/cases/api_*.csv`.
Source of the figures: documentation of the R package survey, vignette "A survey analysis example" (apiclus1) and the
examples of `svydesign` and `surveysummary` (apistrat); raking: its `tests/rakecheck.R` (design `dclus1r`) and the same
raking of `apistrat` taken as a sample without strata, both run with survey 4.1-1 at 12 digits.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import svy

from pipelines.resident_weighting import Weighable, prepare, rake
from pipelines.sample_estimates import Kind, Question, estimated

CASES = Path(__file__).resolve().parents[1] / "cases"
STRATIFIED = pl.read_csv(CASES / "api_strat.csv")
CLUSTERED = pl.read_csv(CASES / "api_clus1.csv")
SCHOOLS = {"E": 4421, "H": 755, "M": 1018}
SCHOOL_WIDE = {"No": 1072, "Yes": 5122}


def schools_as_associations(column: str) -> pl.DataFrame:
    """All 6,194 schools as a field: the sampled ones with their answer, the others silent; school types as groups."""
    sampled = STRATIFIED.select(purpose_group="stype", answer=pl.col(column).cast(pl.Float64))
    silent = [
        pl.DataFrame({"purpose_group": [kind] * (count - sampled.filter(pl.col("purpose_group") == kind).height)})
        for kind, count in SCHOOLS.items()
    ]
    return pl.concat([sampled, *silent], how="diagonal").with_columns(got_grant=False)


@pytest.mark.parametrize(
    ("column", "kind", "estimate", "standard_error"),
    [("api00", "mean", 662.29, 9.4089), ("enroll", "total", 3687178, 114642)],
)
def test_our_strata_give_the_published_results(column: str, kind: Kind, estimate: float, standard_error: float) -> None:
    (whole, *_), *_ = estimated([Question({}, schools_as_associations(column))], kind)
    got = whole["estimate"], whole["cv"]
    assert isinstance(got[0], float)
    assert isinstance(got[1], float)
    assert got[0] == pytest.approx(estimate, abs=0.005 if kind == "mean" else 0.5)
    assert got[0] * got[1] == pytest.approx(standard_error, abs=0.00005 if kind == "mean" else 0.5)
    assert whole["n"] == 200


@pytest.mark.parametrize(
    ("column", "kind", "estimate", "standard_error"),
    [("api00", "mean", 644.17, 23.542), ("enroll", "total", 3404940, 932235)],
)
def test_the_library_gives_the_published_results_of_clusters(
    column: str, kind: str, estimate: float, standard_error: float
) -> None:
    sample = svy.Sample(CLUSTERED, svy.Design(psu="dnum", wgt="pw", pop_size="fpc"))
    (got,) = getattr(sample.estimation, kind)(column).estimates
    assert got.est == pytest.approx(estimate, abs=0.005 if kind == "mean" else 0.5)
    assert got.se == pytest.approx(standard_error, abs=0.0005 if kind == "mean" else 0.5)


def test_the_library_rakes_as_the_other_program() -> None:
    sample = svy.Sample(CLUSTERED, svy.Design(psu="dnum", wgt="pw", pop_size="fpc"))
    raked = sample.weighting.rake(controls={"stype": {**SCHOOLS}, "school_wide": {**SCHOOL_WIDE}}, tol=1e-10)
    (mean,) = raked.estimation.mean("api00").estimates
    (total,) = raked.estimation.total("enroll").estimates
    assert (mean.est, mean.se) == pytest.approx((641.2303209, 23.703616888))
    assert (total.est, total.se) == pytest.approx((3647280.148, 400603.25686))


def test_our_raking_gives_the_results_of_the_other_program() -> None:
    """School types stand in the place of age groups, and whether the whole school took part in that of areas."""
    answers = STRATIFIED.with_row_index("answer_number").select(
        "answer_number", age_group="stype", sex=pl.lit("any"), area="school_wide", answer="api00"
    )
    margins = [("age_sex", kind, "any", None, count) for kind, count in SCHOOLS.items()]
    margins += [("area", None, None, share, count) for share, count in SCHOOL_WIDE.items()]
    population = pl.DataFrame(margins, schema=["margin", "age_group", "sex", "area", "residents"], orient="row")
    prepared = prepare(answers, population)
    assert isinstance(prepared, Weighable)
    # R rakes from the design weights of the strata, so they are the weights before raking here
    weights = STRATIFIED.with_row_index("answer_number").select("answer_number", "pw")
    records = prepared.records.join(weights, on="answer_number").with_columns(base="pw")
    sample = rake(records, prepared.controls)
    assert sample is not None
    (got,) = sample.estimation.mean("answer").estimates
    assert (got.est, got.se) == pytest.approx((662.2116504, 9.36743181181))
