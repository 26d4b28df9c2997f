"""A workspace of the invented town whose data changes twice, and the three editions that come of it.

Here belongs: the changes between the editions. Not here: what can be worked out from them (`attacker`).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pipelines import refresh
from pipelines.example import write_example
from pipelines.workspace import Workspace

Change = Callable[[Workspace], None]


def publish_three(root: Path) -> list[str]:
    """Make the town and refresh it three times; return the ids of the editions."""
    write_example(root, seed=1)
    workspace = Workspace(root)
    newest = _returns(workspace, 2025)
    waiting = root / newest.name
    shutil.move(newest, waiting)
    changes: list[Change] = [
        lambda _workspace: None,
        lambda of: (shutil.move(waiting, newest), _correct_returns(of))[0],
        lambda of: (_register_late(of), _answer_late(of))[0],
    ]
    ids = []
    for change in changes:
        change(workspace)
        ids.append(refresh.run_rooms(workspace, lambda _table: None).id)
    return ids


def _returns(workspace: Workspace, year: int) -> Path:
    (found,) = (workspace.inbox / "association_returns").glob(f"*{year}*")
    return found


def _correct_returns(workspace: Workspace) -> None:
    """Of the associations that answered once for 2023, one withdraws its return and another has ten times the members."""
    file = _returns(workspace, 2023)
    lines = file.read_text(encoding="cp1252").splitlines(keepends=True)
    names = Counter(line.split(";")[1] for line in lines if line.startswith("2023;"))
    rows = [
        place
        for place, line in enumerate(lines)
        if line.startswith("2023;") and line.split(";")[3].isdigit() and names[line.split(";")[1]] == 1
    ]
    cells = lines[rows[1]].split(";")
    lines[rows[1]] = ";".join([*cells[:3], f"{cells[3]}0", *cells[4:]])
    del lines[rows[0]]
    file.write_text("".join(lines), encoding="cp1252")


def _register_late(workspace: Workspace) -> None:
    """An association that was registered in 2019 is in no register extract until now."""
    (workspace.inbox / "prh_register" / "esimerkkiaineisto_myohassa.csv").write_text(
        "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tarkoitusluokka\n"
        "299.901;Myöhässä Rekisteröity Kuviteltu Kerho ry;998;1.3.2019;rekisterissä;\n",
        encoding="utf-8",
    )


def _answer_late(workspace: Workspace) -> None:
    """It has answered for three years, too."""
    (workspace.inbox / "association_returns" / "esimerkkiaineisto_myohassa.csv").write_text(
        "Vuosi;Yhdistys;Jäsenmäärä;Talkootunnit;Talkoolaiset;Tapahtumat;Yhteiset tapahtumat\n"
        + "".join(
            f"{year};Myöhässä Rekisteröity Kuviteltu Kerho ry;{year - 2000};120;8;4;1\n" for year in (2020, 2022, 2023)
        ),
        encoding="utf-8",
    )
