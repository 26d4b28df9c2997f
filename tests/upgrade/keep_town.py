"""Keep a town as this version of the program leaves it: `python -m tests.upgrade.keep_town FILE.tar.gz`.

Run it on the day of a release, and never again for that release: what is kept must have been made by the older program.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines import run
from pipelines.decisions import Decision, add_decision
from pipelines.proposal_changes import DECLINED, Change, add_change, standing
from pipelines.service.backups import back_up
from pipelines.workspace import Workspace
from tests.pipeline.test_towns import LEDGER, MEMBERS, REGISTER, SETTINGS

NUMBERS = range(100, 120)
MORE = "".join(f"900.{number};;Kuvitteelan Ryhmä {number} ry;;997;1.1.2001;R;;;400\n" for number in NUMBERS)
RETURNS = (
    "Vuosi;Yhdistys;Jäsenmäärä;Talkootunnit;Laskentatapa;Tapahtumat;Yhteistyön arvosana;Kehittämisehdotus\n"
    + "".join(
        f"{year};Kuvitteelan Ryhmä {number} ry;{number % 7 * 10 + 20};{number % 5 * 30 + year - 2000};koko vuosi;"
        f"{number % 4};{number % 3 + 7};{'Lisää valoja rantaan' if number == NUMBERS[0] else ''}\n"
        for year in (2023, 2024)
        for number in NUMBERS[:14]
    )
)
FILES = {"prh_register": REGISTER + MORE, "umbrella_members": MEMBERS, "association_returns": RETURNS}
LINK = Decision(
    mention_key="kuvitteelan talkooryhmä", decided_by="Esimerkki", decided_at=date(2026, 11, 24), reason="ei yhdistys"
)


def keep(archive: Path) -> None:
    """Write the backup of a town that has two editions and the decisions of people."""
    with tempfile.TemporaryDirectory() as folder:
        town = Workspace(Path(folder) / "town")
        town.create(SETTINGS)
        for source, text in {**FILES, "grant_ledger": LEDGER}.items():
            (town.inbox / source / f"{source}.csv").write_text(text, encoding="utf-8")
        _refreshed(town)
        corrected = LEDGER.replace("500,00;500,00", "500,00;450,00")
        (town.inbox / "grant_ledger" / "grant_ledger.csv").write_text(corrected, encoding="utf-8")
        add_decision(town, LINK)
        _decide_on_a_proposal(town)
        _refreshed(town)
        back_up(town, archive)


def _refreshed(town: Workspace) -> None:
    outcome = run.refresh(town, lambda _table: None)
    if not outcome.is_new:
        raise SystemExit(f"no edition was made: {outcome.kept_because}")


def _decide_on_a_proposal(town: Workspace) -> None:
    (proposal,) = standing(town)
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    add_change(
        town,
        Change(
            proposal_id=proposal.proposal_id,
            state=DECLINED,
            theme=proposal.theme,
            reason="Rannassa on jo valot",
            by="Esimerkki",
            at=at,
        ),
    )


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
