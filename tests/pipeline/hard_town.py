"""A small invented town whose data leaves figures without a value, each for a reason of its own.

Here belongs: its files. Not here: what is expected of them. Every name is invented.

Of the year 2023: every association applied for a grant, so all are active; of culture nobody answered, of labour one;
all answers on volunteer hours are equal, joint events are told by one. There is no budget, and no population of 2023.
The survey of 2021–2025 lacks an age class; that of 2017–2021 has more answers than the town had residents.
"""

from __future__ import annotations

import json
from pathlib import Path

from pipelines import contracts
from pipelines.workspace import Workspace

GROUPS = {
    "latu": ("600", 12, 9),
    "keräily": ("500", 12, 8),
    "kuoro": ("400", 8, 0),
    "ammatti": ("200", 8, 1),
}
"""What the associations are named by, with purpose class, active ones and answers: sport, leisure, culture, labour."""

RESIDENTS = {2019: 24, 2022: 9_000}
AGES = {"18-29": 20, "30-44": 35, "45-64": 55, "65-74": 70, "75+": 80}
MISSING_AGE = "18-29"
SEXES = {"1": "mies", "2": "nainen"}
ANSWERS = {"2017-2021": 5, "2021-2025": 9}
"""How many answered of each age class and sex, by council term."""


def make(root: Path) -> Workspace:
    """Write the workspace of the town."""
    workspace = Workspace(root)
    workspace.create(contracts.municipality_settings("esimerkkila"))
    for source, text in (
        ("prh_register", _register()),
        ("grant_ledger", _ledger()),
        ("association_returns", _returns()),
        ("resident_survey", _survey()),
    ):
        (workspace.inbox / source / f"{source}.csv").write_text(text, encoding="utf-8")
    (workspace.inbox / "population" / "vaesto.json").write_text(json.dumps(_population()), encoding="utf-8")
    return workspace


def _name(group: str, number: int) -> str:
    return f"Kuviteltu {group}yhdistys {number} ry"


def _register() -> str:
    rows = [
        f"{class_}.{number:03};{_name(group, number)};998;1.2.2001;rekisterissä;{class_}\n"
        for group, (class_, registered, _) in GROUPS.items()
        for number in range(registered + 4)
    ]
    return "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila;Tarkoitusluokka\n" + "".join(rows)


def _ledger() -> str:
    rows = [
        f"{group}-{number};{_name(group, number)};Liikuntatoimi;toiminta-avustus;100;80;80;14.3.2023;1.4.2023\n"
        for group, (_, registered, _) in GROUPS.items()
        for number in range(registered)
    ]
    return "Hakemusnumero;Hakija;Toimielin;Avustuslaji;Haettu;Myönnetty;Maksettu;Päätöspäivä;Maksupäivä\n" + "".join(
        rows
    )


def _returns() -> str:
    rows = []
    for group, (_, _, answered) in GROUPS.items():
        for number in range(answered):
            joint = "3" if (group, number) == ("latu", 0) else ""
            rows.append(f"2023;{_name(group, number)};{20 + 7 * number};100;{5 + number % 4};{joint}\n")
    return "Vuosi;Yhdistys;Jäsenmäärä;Talkootunnit;Tapahtumat;Yhteiset tapahtumat\n" + "".join(rows)


def _survey() -> str:
    rows = []
    for term, day, ages in (
        ("2017-2021", "1.3.2020", list(AGES)),
        ("2021-2025", "1.3.2023", [age for age in AGES if age != MISSING_AGE]),
    ):
        for age in ages:
            for sex in SEXES.values():
                for number in range(ANSWERS[term]):
                    took_part = "kyllä" if number % 2 else "ei"
                    rows.append(f"{term};{day};{age};{sex};{took_part};kyllä;{1 + number % 5}\n")
    return "Kausi;Vastauspäivä;Ikäryhmä;Sukupuoli;Osallistunut;Vapaaehtoistyö;Tyytyväisyys\n" + "".join(rows)


def _population() -> dict[str, object]:
    """Return a table of single ages and sexes; every age class has a share of the residents at one age of it."""
    ages = ["010", *(f"{age:03}" for age in AGES.values())]
    values = [
        residents // (2 * len(ages)) * (2 if sex == "SSS" else 1)
        for residents in RESIDENTS.values()
        for _ in ages
        for sex in ("SSS", *SEXES)
    ]
    dimensions = {
        "timeperiod_y": [str(year) for year in RESIDENTS],
        "alue_23_20260101": ["KU998"],
        "ika": ages,
        "sukupuoli": ["SSS", *SEXES],
        "contentscode": ["vaesto"],
    }
    names = {"timeperiod_y": "Vuosi", "alue_23_20260101": "Alue", "ika": "Ikä", "sukupuoli": "Sukupuoli"}
    labels = {"KU998": "Esimerkkilä", "SSS": "Yhteensä", "1": "Miehet", "2": "Naiset", "vaesto": "Väestö 31.12."}
    return {
        "class": "dataset",
        "version": "2.0",
        "label": "Väestö 31.12. muuttujina Vuosi, Alue, Ikä, Sukupuoli ja Tiedot",
        "source": "Keksitty",
        "updated": "2023-01-15T06:00:00Z",
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "role": {"metric": ["contentscode"], "time": ["timeperiod_y"]},
        "dimension": {
            name: {
                "label": names.get(name, "Tiedot"),
                "category": {
                    "index": {code: place for place, code in enumerate(codes)},
                    "label": {code: labels.get(code, code) for code in codes},
                },
            }
            for name, codes in dimensions.items()
        },
        "value": values,
    }
