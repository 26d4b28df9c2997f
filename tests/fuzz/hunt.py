"""Hunting for files that break what must hold: thousands of spoilt files for every source and format.

Run by `make fuzz` and, with few cases, by the tests. A watchdog ends the process when one file takes too long, and says
which one; memory is measured. Every spoilt file comes from a seed, so a case can be made again by its name.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import mutations
import yaml
from invariants import BrokenInvariantError, Mutant, Outcome, read, read_kept, stage

from pipelines import contracts
from pipelines.example import write_example
from pipelines.question_maps import QuestionMap, read_maps
from pipelines.raw_table import RawTable
from pipelines.reading_sheets import read_sheets
from pipelines.settings import SETTINGS_FILE, Settings
from pipelines.workspace import Workspace

SECONDS_A_FILE = 20
TOGETHER = 60
"""So many spoilt files of a source are staged together; each is accounted for by itself all the same."""

Result = TypeVar("Result")
CASES = Path(__file__).parents[1] / "cases"
YTJ = b"""{"totalResults": 1, "companies": [{"businessId": {"value": "9123457-3", "registrationDate": "2001-02-03"},
 "names": [{"name": "Esimerkin Latu ry", "type": "1", "registrationDate": "2001-02-03", "version": 1}],
 "companyForms": [{"type": "29", "version": 1}], "registeredEntries": [{"type": "1", "register": "3", "registrationDate": "2001-02-03"}],
 "lastModified": "2025-01-02 03:04:05"}]}"""
"""A page of YTJ by its shape; the example town has none."""


class Hunter:
    """The valid files that are spoilt: those of the example town, one of YTJ, and exports of survey tools."""

    def __init__(self, folder: Path) -> None:
        workspace = Workspace(folder / "town")
        write_example(workspace.root, seed=1)
        self.root = workspace.root
        self.settings: Settings = workspace.settings
        self.files: dict[str, list[tuple[str, bytes]]] = {
            source: [(path.name, path.read_bytes()) for path in sorted((workspace.inbox / source).iterdir())]
            for source in contracts.sources()
        }
        self.files["ytj_companies"].append(("sivu.json", YTJ))
        self.exports = list(_exports(workspace))

    def mutants(self, source: str, seed: int, count: int) -> Iterator[Mutant]:
        """Yield spoilt files of a source, the same ones for the same seed."""
        kinds = sorted({name.rpartition(".")[2] for name, _ in self.files[source]})
        tables = {"csv", "xlsx"} & set(kinds)
        for number in range(count):
            case = f"{source}-{seed}-{number}"
            chance = random.Random(case)
            kind = kinds[number % len(kinds)]
            if tables and number % 5 == 4:
                yield self._sheet(source, case, chance)
            else:
                name, content = chance.choice([file for file in self.files[source] if file[0].endswith(kind)])
                yield _spoil(source, case, name, content, chance)

    def exports_of(self, seed: int, count: int) -> Iterator[Mutant]:
        """Yield spoilt exports of survey tools."""
        for number in range(count):
            case = f"survey-{seed}-{number}"
            chance = random.Random(case)
            source, content, maps = chance.choice(self.exports)
            yield Mutant(case, source, "vastaukset.csv", chance.choice(mutations.TEXT)(content, chance), maps=maps)

    def _sheet(self, source: str, case: str, chance: random.Random) -> Mutant:
        """Write the cells of a file anew as a workbook, spoilt, so that it is known how many rows it has."""
        names = [file for file in self.files[source] if file[0].endswith(".xlsx")]
        if not names:
            return Mutant(case, source, "a.xlsx", mutations.workbook([], chance))
        sheets = read_sheets(chance.choice(names)[1])
        table = mutations.spoil_cells([cells for _, cells in sheets[0][1]], chance)
        if chance.random() < 0.5:
            return Mutant(case, source, "a.ods", mutations.ods(table, chance))
        others = [[], [["vain"], ["yksi"]], table][chance.randrange(3)]
        return Mutant(case, source, "a.xlsx", mutations.workbook([table, others], chance))


def _spoil(source: str, case: str, name: str, content: bytes, chance: random.Random) -> Mutant:
    if name.endswith(".csv"):
        return Mutant(case, source, name, chance.choice(mutations.TEXT)(content, chance), is_text=True)
    if name.endswith(".xlsx"):
        spoil = mutations.spoil_parts if chance.random() < 0.8 else chance.choice(mutations.ANY)
        return Mutant(case, source, name, spoil(content, chance))
    if name.endswith(".ics"):
        return Mutant(case, source, name, mutations.spoil_calendar(content, chance))
    spoilt = mutations.bomb(chance) if chance.random() < 0.05 else mutations.spoil_json(content, chance)
    return Mutant(case, source, name, spoilt)


def _exports(workspace: Workspace) -> Iterator[tuple[str, bytes, tuple[QuestionMap, ...]]]:
    """Yield the exports of the case file that are text, each with its question map."""
    for case in yaml.safe_load((CASES / "survey_exports.yaml").read_text(encoding="utf-8"))["tables"]:
        if "text" not in case:
            continue
        folder = workspace.question_maps / case["source"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lomake.toml").write_text(case["map"], encoding="utf-8")
        yield case["source"], case["text"].encode(), tuple(read_maps(workspace))
        (folder / "lomake.toml").unlink()


KEPT = {
    "corrections.yaml": """\
- file: grant_ledger/avustukset.csv
  row: 3
  column: Haettu
  expected: 12 oo0
  value: 12 000
  reason: kirjoitusvirhe
  by: Elli Esimerkki
- {file: grant_ledger/a.csv, sheet: Taul1, row: 4, column: Hakija, expected: "", value: Latu ry, reason: x, by: y}
""",
    "links.csv": """\
mention_key,business_id,register_number,decided_by,decided_at,reason
esimerkin latu,9123457-3,100123,Elli Esimerkki,2025-01-31,puhelu
kylän väki,,,Elli Esimerkki,2025-02-01,"ei rekisterissä, kysytty"
""",
}
"""Files that people keep in a workspace, beside settings and question maps."""


def hunt_kept(hunter: Hunter, seed: int, count: int, broken: list[str]) -> None:
    """Spoil what people keep in a workspace and read it; each file is taken or refused with a sentence."""
    kept = {name: (text.encode(), name) for name, text in KEPT.items()}
    kept[SETTINGS_FILE] = (contracts.municipality_settings("esimerkkila").encode(), SETTINGS_FILE)
    maps = yaml.safe_load((CASES / "survey_exports.yaml").read_text(encoding="utf-8"))["tables"]
    kept["question map"] = (maps[0]["map"].encode(), "question_maps/association_returns/lomake.toml")
    for kind, (content, path) in kept.items():
        refused = 0
        for number in range(count):
            chance = random.Random(f"{kind}-{seed}-{number}")
            spoilt = mutations.spoil_kept(content, chance)
            refused += bool(
                _guarded(
                    lambda spoilt=spoilt, path=path: read_kept(hunter.root, path, spoilt),
                    f"{kind}-{seed}-{number}",
                    broken,
                )
            )
        print(f"{kind:<22}{count:>7}{refused:>9}", flush=True)


def hunt(hunter: Hunter, seed: int, count: int, broken: list[str]) -> None:
    """Spoil, read and stage `count` files of each source, and print what became of them."""
    print(f"{'source':<22}{'files':>7}{'refused':>9}{'rows':>9}{'aside':>8}{'s':>7}")
    for source in (*contracts.sources(), "survey exports"):
        start = time.monotonic()
        made = hunter.exports_of(seed, count) if source == "survey exports" else hunter.mutants(source, seed, count)
        outcome = _run(hunter.settings, made, broken)
        files = f"{outcome.refused + outcome.read:>7}{outcome.refused:>9}{outcome.rows:>9}{outcome.quarantined:>8}"
        print(f"{source:<22}{files}{time.monotonic() - start:>7.1f}", flush=True)


def _run(settings: Settings, mutants: Iterator[Mutant], broken: list[str]) -> Outcome:
    total = Outcome()
    waiting: dict[str, list[tuple[Mutant, list[RawTable]]]] = {}
    for mutant in mutants:
        tables = _guarded(lambda mutant=mutant: read(mutant), mutant.case, broken)
        if not tables:
            total.refused += 1
            continue
        together = waiting.setdefault(mutant.source, [])
        together.append((mutant, tables))
        if len(together) == TOGETHER:
            _stage(settings, waiting.pop(mutant.source), total, broken)
    for together in waiting.values():
        _stage(settings, together, total, broken)
    return total


def _stage(
    settings: Settings, together: list[tuple[Mutant, list[RawTable]]], total: Outcome, broken: list[str]
) -> None:
    if len(together) > 1 and not _guarded(lambda: stage(together, settings), together[0][0].case, []):
        for alone in together:
            _stage(settings, [alone], total, broken)
        return
    outcome = _guarded(lambda: stage(together, settings), together[0][0].case, broken)
    if outcome:
        total.read += outcome.read
        total.rows += outcome.rows
        total.quarantined += outcome.quarantined


def _guarded(work: Callable[[], Result], case: str, broken: list[str]) -> Result | None:
    """Do some work under the watchdog; what it breaks is noted and the hunt goes on."""
    print(f"at work on {case}", file=sys.stderr, flush=True)
    faulthandler.dump_traceback_later(SECONDS_A_FILE, exit=True)
    try:
        return work()
    except BrokenInvariantError as error:
        broken.append(str(error))
        return None
    finally:
        faulthandler.cancel_dump_traceback_later()


def most_memory() -> int:
    """Return the most memory (MB) that this program has held; the kernel's `ru_maxrss` counts that of its parent too."""
    (held,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(held) // 1024


def main() -> None:
    """Hunt, print, and exit with 1 when anything is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=400, help="spoilt files of each source")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        hunter = Hunter(Path(folder))
        hunt(hunter, chosen.seed, chosen.cases, broken)
        hunt_kept(hunter, chosen.seed, chosen.cases, broken)
    print(f"memory at the most {most_memory()} MB")
    print("\n".join(broken) or "nothing broken")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
