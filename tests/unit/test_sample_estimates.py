"""Samples that are estimated together are estimated as if alone."""

from __future__ import annotations

import random

import polars as pl
import pytest

from pipelines.sample_estimates import Kind, Question, estimated

SCHEMA = {"purpose_group": pl.String, "got_grant": pl.Boolean, "answer": pl.Float64}


def question(seed: int, pooled: frozenset[str], *, share: bool) -> Question:
    chance = random.Random(seed)
    rows = [
        (
            chance.choice(["sport", "culture", "village", "health"]),
            chance.random() < 0.4,
            None if chance.random() < 0.4 else float(chance.random() < 0.6) if share else chance.gammavariate(0.5, 80),
        )
        for _ in range(90)
    ]
    return Question({"year": 2000 + seed}, pl.DataFrame(rows, schema=SCHEMA, orient="row"), pooled)


@pytest.mark.parametrize("kind", ["total", "mean", "share"])
@pytest.mark.parametrize("is_change", [False, True])
def test_questions_that_are_asked_together_have_the_answers_that_each_has_alone(kind: Kind, is_change: bool) -> None:
    pools = (frozenset[str](), frozenset({"village"}), frozenset({"sport", "health"}), frozenset[str]())
    asked = [question(seed, pooled, share=kind == "share") for seed, pooled in enumerate(pools)]
    together = estimated(asked, kind, is_change=is_change)
    assert [len(rows) for rows in together] == [5, 5, 5, 5]
    assert together == [estimated([one], kind, is_change=is_change)[0] for one in asked]
    whole_only = estimated(asked, kind, is_change=is_change, by_group=False)
    assert whole_only == [rows[:1] for rows in together]


def test_nothing_that_was_asked_has_no_answer() -> None:
    silent = Question({}, pl.DataFrame([("sport", True, None)] * 9, schema=SCHEMA, orient="row"))
    assert estimated([], "total") == []
    assert estimated([silent], "total") == [[]]
