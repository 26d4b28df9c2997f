"""The SQL models: which there are, what each reads, and an order in which they can be built."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import catalogue, contracts
from pipelines.refresh import made_of, work
from warehouse import models as models_module
from warehouse.models import models


def test_every_table_of_core_and_marts_is_made_and_every_model_has_a_contract() -> None:
    wanted = {name for name, table in contracts.tables().items() if table.schema in {"core", "marts"}}
    assert {name for name in made_of() if name.startswith(("core.", "marts."))} == wanted
    assert set(models()) <= wanted
    assert all(model.sql.startswith("-- grain: ") for model in models().values())


def test_every_table_that_a_model_reads_is_made_before_it() -> None:
    order = list(made_of())
    for name, model in models().items():
        for table in model.reads:
            if not table.startswith("quality."):
                assert order.index(table) < order.index(name), f"{name} reads {table}"


def test_what_reads_quality_waits_for_every_source() -> None:
    readers = {name for name, model in models().items() if any(table.startswith("quality.") for table in model.reads)}
    assert readers
    staging = {f"staging.{source}" for source in contracts.sources()}
    for name in readers:
        assert staging <= made_of()[name]


def test_every_table_has_work_and_every_meta_table_has_rows_to_write() -> None:
    assert all(callable(work(table)) for table in made_of())
    meta = {name.removeprefix("meta.") for name, table in contracts.tables().items() if table.schema == "meta"}
    assert meta == {*catalogue.TABLES, "edition", "revisions"}


def test_a_model_is_found_by_its_place_and_names_in_comments_are_not_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "a.sql").write_text("-- grain: see marts.z\nSELECT * FROM core.b -- not core.c\n", "utf-8")
    (tmp_path / "core" / "b.sql").write_text("SELECT * FROM staging.x JOIN meta.codes USING (code)\n", "utf-8")
    (tmp_path / "core" / "notes.txt").write_text("core.none", "utf-8")
    monkeypatch.setattr(models_module, "MODELS", tmp_path)
    found = models_module.models.__wrapped__()
    assert list(found) == ["core.b", "marts.a"]  # each after what it reads, not in the order of the alphabet
    assert found["marts.a"].reads == {"core.b"}
    assert found["core.b"].reads == {"staging.x", "meta.codes"}
    assert found["core.b"].full_name == "core.b"


def test_models_that_read_each_other_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "a.sql").write_text("SELECT * FROM core.b", "utf-8")
    (tmp_path / "core" / "b.sql").write_text("SELECT * FROM core.a", "utf-8")
    monkeypatch.setattr(models_module, "MODELS", tmp_path)
    with pytest.raises(ValueError, match="cycle"):
        models_module.models.__wrapped__()
