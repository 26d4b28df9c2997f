"""How many planted faults the checks catch, by class, and how many clean rows they ask about in vain.

Run by `make bench`; a smaller round is a test. The clean rows are those of the example town without the faults that it
has of its own. One fault at a time is planted into a file, and the source is staged as in a refresh. A fault is caught
when a rule about its column marks its row, be it an error or a warning; a clean row is a false alarm when any rule does.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from planting import Cells, Fault, faults

from pipelines import contracts, linking, staging
from pipelines.contract_model import Rule, fold
from pipelines.example import TRUTH_FILE, write_example
from pipelines.reading import read_file
from pipelines.receiving import raw_frame
from pipelines.workspace import Workspace

RECEIVED = date(2026, 2, 1)
Place = tuple[str, str, int]


@dataclass
class CleanTown:
    """The rows of the example town without its own faults, as `raw` frames by source, and what the register knows."""

    workspace: Workspace
    raw: dict[str, pl.DataFrame] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)

    def stage(self, source: str, raw: pl.DataFrame) -> staging.Staged:
        """Stage rows as a refresh does."""
        received = dict.fromkeys(raw["file_sha256"].unique(), RECEIVED)
        contract = contracts.sources()[source]
        return staging.stage(contract, raw, self.workspace.settings, known=self.known, received=received)


def clean_town(root: Path, seed: int) -> CleanTown:
    """Write an example town and read it without the rows that are faulty on purpose."""
    write_example(root, seed)
    town = CleanTown(Workspace(root))
    truth = json.loads((root / TRUTH_FILE).read_text(encoding="utf-8"))
    planted = {(item["file"], item["line"]) for item in (*truth["faults"], *truth["warnings"])}
    for delivered in truth["files"]:
        path = root / delivered["file"]
        contract = contracts.sources()[delivered["source"]]
        for table in read_file(path.read_bytes(), path.name, contract):
            frame = raw_frame(path.name, 1, table)
            is_planted = pl.col("line").is_in([line for file, line in planted if file == delivered["file"]])
            kept = frame.filter(~(is_planted & (pl.col("kind") == "row")))
            town.raw[contract.name] = pl.concat([town.raw.get(contract.name, frame.clear()), kept])
    register = town.stage("prh_register", town.raw["prh_register"]).rows
    names = pl.concat([register["name"], register["previous_names"].explode()]).drop_nulls().unique()
    keys = pl.DataFrame({"name": names}).select(linking.name_key(pl.col("name"))).to_series()
    town.known = [*keys, *register["business_id"].drop_nulls()]
    return town


@dataclass
class Caught:
    """Of the faults of a class: how many were planted and caught, and examples of those that were not."""

    planted: int = 0
    caught: int = 0
    missed: list[str] = field(default_factory=list)


def plant_all(town: CleanTown, chosen: Sequence[Fault], each: int, seed: int) -> dict[str, Caught]:
    """Plant each fault so many times and tell what is caught, by title."""
    counts: dict[str, Caught] = {fault.title: Caught() for fault in chosen}
    for source in sorted({fault.source for fault in chosen}):
        waiting = [fault for fault in chosen if fault.source == source for _ in range(each)]
        random.Random(f"{source} {seed}").shuffle(waiting)
        round_number = 0
        while waiting:
            round_number += 1
            chance = random.Random(f"{source} {seed} {round_number}")
            files = town.raw[source]["file_sha256"].unique(maintain_order=True).to_list()
            now, waiting = waiting[: len(files)], waiting[len(files) :]
            for fault, is_caught, told in _round(town, source, dict(zip(files, now, strict=False)), chance):
                counts[fault.title].planted += 1
                counts[fault.title].caught += is_caught
                if not is_caught:
                    counts[fault.title].missed.append(told)
    return counts


def _round(
    town: CleanTown, source: str, by_file: Mapping[str, Fault], chance: random.Random
) -> Iterator[tuple[Fault, bool, str]]:
    """Plant one fault into each file, stage, and tell of each whether it is caught."""
    frames, planted = [], []
    for (file,), raw in town.raw[source].group_by(["file_sha256"], maintain_order=True):
        fault = by_file.get(str(file))
        changed = _plant(source, raw, fault, chance) if fault else None
        frames.append(raw if changed is None else changed[0])
        if fault and changed:
            planted.append((fault, changed[1], changed[2]))
    findings = town.stage(source, pl.concat(frames)).findings
    told: dict[Place, set[str]] = {}
    for file, sheet, line, rule_id in findings.select(*staging.PLACE, "rule_id").iter_rows():
        told.setdefault((file, sheet, line), set()).add(rule_id)
    for fault, place, cells in planted:
        rules = [contracts.sources()[source].rule(rule_id) for rule_id in told.get(place, ())]
        yield fault, any(_fits(rule, fault) for rule in rules), f"{source}: {cells}"


def _plant(
    source: str, raw: pl.DataFrame, fault: Fault, chance: random.Random
) -> tuple[pl.DataFrame, Place, dict[str, tuple[str | None, str | None]]] | None:
    """Change a row of a file, or add one; None when no row of it can be spoilt so."""
    spellings = contracts.sources()[source].header_spellings()
    places = raw.with_row_index("row").filter(pl.col("kind") == "row")["row"].to_list()
    for row in chance.sample(places, len(places)):
        file, _, sheet, line, _, cells = raw.row(row)
        header = raw.filter((pl.col("kind") == "header") & (pl.col("sheet") == sheet))["cells"][0].to_list()
        at = {spellings[fold(cell or "")]: place for place, cell in enumerate(header) if fold(cell or "") in spellings}
        if len(cells) != len(header) or not set(fault.columns) <= set(at):
            continue
        told: Cells = {name: cells[place] for name, place in at.items()}
        changed = fault.change(told, chance)
        if changed is None:
            continue
        spoilt = list(cells)
        for name, text in changed.items():
            spoilt[at[name]] = text
        new_line = int(raw["line"].max()) + 1 if fault.extra else line  # type: ignore[arg-type]
        frame = pl.DataFrame([(file, 1, sheet, new_line, "row", spoilt)], schema=raw.schema, orient="row")
        kept = raw if fault.extra else raw.filter(~((pl.col("sheet") == sheet) & (pl.col("line") == line)))
        shown = {name: (told[name], text) for name, text in changed.items()}
        return pl.concat([kept, frame]), (file, sheet, new_line), shown
    return None


def _fits(rule: Rule, fault: Fault) -> bool:
    """Tell whether a rule speaks of what is wrong: of a spoilt column, or for a row too many of rows that are equal."""
    if not fault.columns or (fault.extra and rule.dimension == "uniqueness"):
        return rule.dimension == "uniqueness"
    named = {rule.column}
    for value in rule.arguments.values():
        named.update(value if isinstance(value, list) else [value] if isinstance(value, str) else [])
    return bool(named & set(fault.columns))


def false_alarms(town: CleanTown) -> dict[str, tuple[int, int, Counter[str]]]:
    """Return for each source its clean rows, those that any rule marks, and how often each rule does."""
    found = {}
    for source, raw in sorted(town.raw.items()):
        findings = town.stage(source, raw).findings
        rows = raw.filter(pl.col("kind") == "row").height
        found[source] = (rows, findings.select(staging.PLACE).unique().height, Counter(findings["rule_id"].to_list()))
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        town = clean_town(Path(folder) / "town", seed=1)
        counts = plant_all(town, faults(), each=8, seed=1)
        alarms = false_alarms(town)
    print(f"{'planted fault':<36}{'planted':>9}{'caught':>8}")
    for title, caught in counts.items():
        print(f"{title:<36}{caught.planted:>9}{caught.caught:>8}{caught.caught / max(caught.planted, 1):>8.0%}")
    planted, caught_all = sum(one.planted for one in counts.values()), sum(one.caught for one in counts.values())
    print(f"{'all':<36}{planted:>9}{caught_all:>8}{caught_all / planted:>8.1%}")
    if "--missed" in sys.argv:
        print("\n".join(f"{title}: {told}" for title, one in counts.items() for told in one.missed))
    print(f"\n{'clean rows':<36}{'rows':>9}{'alarms':>8}")
    for source, (rows, marked, rules) in alarms.items():
        often = ", ".join(f"{rule.partition('.')[2]} {count}" for rule, count in rules.most_common(3))
        print(f"{source:<36}{rows:>9}{marked:>8}{marked / rows:>8.1%}  {often}")
    rows, marked = sum(one[0] for one in alarms.values()), sum(one[1] for one in alarms.values())
    print(f"{'all':<36}{rows:>9}{marked:>8}{marked / rows:>8.2%}")


if __name__ == "__main__":
    main()
