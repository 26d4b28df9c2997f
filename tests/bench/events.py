"""How well tellings of one event are put together, on the labelled pairs.

Run by `make bench`. The rule was tuned on the part for tuning; the part for testing is what counts.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from event_cases import PARTS, Score, measure, of_part, read_pairs


def main() -> None:
    """Measure and print."""
    pairs = read_pairs()
    print(f"Labelled pairs of tellings of a day: {len(pairs)}, of one event {sum(pair.is_same for pair in pairs)}\n")
    print(f"{'':28}{'pairs':>6}{'joined':>8}{'precision':>11}{'recall':>8}")
    for part in PARTS:
        _print(part, measure(of_part(pairs, part)))
    print("\nBy kind, part for testing: pairs and joined")
    tested = list(of_part(pairs, "test"))
    for kind in dict.fromkeys(pair.kind for pair in tested):
        of_kind = [pair for pair in tested if pair.kind == kind]
        label = "one event" if of_kind[0].is_same else "two events"
        print(f"  {kind:<26}{len(of_kind):>6}{sum(pair.is_found for pair in of_kind):>8}  {label}")


def _print(title: str, score: Score) -> None:
    print(f"  {title:<26}{score.pairs:>6}{score.found:>8}{score.precision:>11.3f}{score.recall:>8.3f}")


if __name__ == "__main__":
    main()
