"""Known vulnerabilities of the locked dependencies: `python .ci/audit.py requirements.lock`.

Here belongs: what a finding is, and what is said when nobody could be asked. Not here: the asking (pip-audit).
An audit that reached nobody finds nothing either, so that is told apart: exit code 0 nothing known against any pin, 1
at least one vulnerability, 4 not all could be asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

CLEAN, VULNERABLE, NOT_ASKED = 0, 1, 4
AT_MOST = 600  # seconds


def verdict(dependencies: Iterable[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit code for what pip-audit tells of each dependency, and what to say."""
    told = list(dependencies)
    found = [
        f"{item['name']} {item['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for item in told
        for fault in item.get("vulns", [])
    ]
    unasked = [item["name"] for item in told if "skip_reason" in item]
    if found:
        return VULNERABLE, [*found, "Raise these in pyproject.toml or the lock (make lock), then audit again."]
    if unasked or not told:
        return NOT_ASKED, [_nobody(f"{len(unasked)} of {len(told)} packages were not answered for")]
    return CLEAN, [f"Nothing is known against the {len(told)} locked packages."]


def _nobody(reason: str) -> str:
    return f"The advisory service could not be reached ({reason}); nothing is known about the locked packages."


def main(lock: str) -> int:
    """Ask about every pin of a lock file and say what came of it."""
    asking = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "pypi", "--disable-pip", "--require-hashes"]
    try:
        done = subprocess.run(
            [*asking, "--requirement", lock, "--format", "json", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=AT_MOST,
            check=False,
        )
        code, lines = verdict(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        code, lines = NOT_ASKED, [_nobody(type(error).__name__)]
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
