"""Each contract is valid against the standard that it names (Open Data Contract Standard 3.1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from datacontract.data_contract import DataContract

FOLDER = Path(__file__).resolve().parents[2] / "data_contracts"
FILES = sorted(FOLDER.rglob("*.odcs.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_datacontract_lint(file: Path) -> None:
    run = DataContract(data_contract_file=str(file)).lint()
    failed = [(check.name, check.reason) for check in run.checks or [] if check.result != "passed"]
    assert run.checks
    assert run.result == "passed", failed
