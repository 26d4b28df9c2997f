"""The lock file: every dependency of `pyproject.toml` pinned with hashes, and no host or path in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def test_the_lock_fulfils_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = {canonicalize_name(name): version for name, version in PIN.findall(LOCK)}
    extras = project["optional-dependencies"].values()
    for line in (*project["dependencies"], *(line for extra in extras for line in extra)):
        wanted = Requirement(line)
        pinned = pins.get(canonicalize_name(wanted.name))
        assert pinned, f"{wanted.name} is not locked: make lock"
        assert wanted.specifier.contains(pinned), f"{line} is locked at {pinned}: make lock"


def test_every_pin_has_hashes() -> None:
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 100
    for block in blocks:
        assert PIN.match(block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_no_host_and_no_path_is_in_the_lock() -> None:
    assert not re.findall(r"https?:|file:|\s@\s|--\w*index|--find-links|/", LOCK)
