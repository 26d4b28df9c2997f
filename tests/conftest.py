"""What every test may use: real sample data that is kept outside the repository."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real sample files beside the checkout; a test that needs it is skipped where it is not there."""
    folder = ROOT.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the real sample files are not beside this checkout (../shared/samples)")
    return folder
