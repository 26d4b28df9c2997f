"""What every test may use: real sample data that is kept outside the repository, and the command line."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import cli

ROOT = Path(__file__).resolve().parent.parent
FEW_MOMENTS = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many random moments tests/faults strikes; `make faults` asks for 100."""
    parser.addoption("--moments", type=int, default=FEW_MOMENTS, help="random moments at which a refresh is killed")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real sample files beside the checkout; a test that needs it is skipped where it is not there."""
    folder = ROOT.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the real sample files are not beside this checkout (../shared/samples)")
    return folder


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process; returns its exit code, what it printed, and what it printed as an error."""

    def ask(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yhteispeli", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return int(str(stopped.value.code)), said.out, said.err

    return ask
