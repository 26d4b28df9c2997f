"""A revised figure shows its old and new number, and of its interval and of what stands behind it only what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.data import current_edition
from dashboards.revision_tables import _before, _now
from dashboards.rows import Revision

Numbers = tuple[float | None, float | None, float | None, int | None, int | None]

CASES = [
    pytest.param(
        (500.0, None, None, 30, None), (520.0, None, None, 30, None), "500", "520", id="the figure, counted in full"
    ),
    pytest.param(
        (500.0, 400.0, 600.0, 30, 60),
        (500.0, 400.0, 600.0, 30, 58),
        "500; taustalla 30/60",
        "500; taustalla 30/58",
        id="fewer of whom it speaks",
    ),
    pytest.param(
        (500.0, 400.0, 600.0, 30, 60),
        (500.0, 450.0, 600.0, 30, 60),
        "500; 95 %:n väli 400–600",
        "500; 95 %:n väli 450–600",
        id="a narrower interval",
    ),
    pytest.param(
        (500.0, 400.0, 600.0, 30, 60),
        (None, None, None, None, None),
        "500; 95 %:n väli 400–600; taustalla 30/60",
        "–",
        id="a figure that is no more",
    ),
]


@pytest.mark.parametrize(("old", "new", "before", "now"), CASES)
def test_what_changed_is_written_on_both_sides(
    old: Numbers, new: Numbers, before: str, now: str, workspace: Path
) -> None:
    card = current_edition().indicators["memberships"]
    revision = Revision("memberships", "2023", "total", "total", "e", "final", *old, *new, "revision.method")
    written = [" ".join(told.split()) for told in (_before(card, revision), _now(card, revision))]
    assert written == [before, now]
