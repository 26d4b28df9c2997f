"""What the invented town has found out of the differences between its grant ledger and its books.

Here belongs: the explanations and their file. Not here: the differences themselves (`pipelines.example.grants`).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import yaml

from pipelines.example.headers import spelling
from pipelines.example.sheets import LABEL
from pipelines.settings import Settings

EXPLANATIONS: tuple[tuple[int, str, Decimal, str], ...] = (
    (2018, "culture", Decimal("-200.00"), "Kaksi kulttuuriavustusta on kirjattu tilille väärästä kustannuspaikasta."),
    (2018, "culture", Decimal("-150.00"), "Vuoden 2017 avustus maksettiin myöhässä ilman riviä rekisterissä."),
    (2021, "sport", Decimal("120.50"), "Takaisin maksettu avustus on kirjattu toiselle tilille."),
)
"""Year, body, ledger minus books, reason. One of the differences stays unexplained."""


def write_explanations(path: Path, settings: Settings) -> None:
    """Write the explanations as people keep them (YAML)."""
    bodies = settings.code_list("settings.granting_bodies")
    said = [
        {"year": year, "body": spelling(bodies, body, 0), "eur": f"{eur:.2f}", "reason": reason, "by": "talouspalvelut"}
        for year, body, eur, reason in EXPLANATIONS
    ]
    path.write_text(f"# {LABEL}\n{yaml.safe_dump(said, allow_unicode=True, sort_keys=False)}", encoding="utf-8")
