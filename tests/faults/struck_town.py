"""A small town whose refresh is struck by a fault, in a process of its own.

Here belongs: making the town, running its refresh in another process and striking it, and what must hold afterwards.
Not here: which faults there are (the tests).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from pipelines import contracts, editions, landing
from pipelines.service.backups import faults
from pipelines.workspace import Workspace
from warehouse import database

PROCESSES: Final = multiprocessing.get_context("forkserver")
"""Processes are forked from one that has imported everything and has run nothing, so a refresh is all that they do."""
PROCESSES.set_forkserver_preload(
    ["pipelines.run", "pipelines.definitions", "pipelines.business_id", "great_expectations", "svy", "sklearn"]
)

REGISTER: Final = Path("inbox") / "prh_register"
HEADER: Final = "Rekisterinumero;Nimi;Kotipaikka;Rekisteröintipäivä;Tila"
PATIENCE: Final = 600.0
"""Seconds after which a process that has not ended is a failure: far longer than any machine needs."""

MANY = 50
"""From so many moments on, every fault is tried; a run of all tests tries one of each kind, for each costs refreshes."""

DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2  # linux/capability.h
CAPABILITY_VERSION_3 = 0x20080522


def register_of(numbers: range) -> bytes:
    rows = [f"{number};Kuvitelman Kerho {number} ry;Esimerkkilä;1.2.2010;rekisterissä" for number in numbers]
    return "\n".join([HEADER, *rows, ""]).encode()


def make_town(root: Path) -> Workspace:
    """Make a town with one file in its inbox: a register of ten associations."""
    town = Workspace(root)
    town.create(contracts.municipality_settings("esimerkkila"))
    (root / REGISTER / "ote.csv").write_bytes(register_of(range(101, 111)))
    return town


def deliver_more(town: Workspace) -> None:
    """Put a second file into the inbox, so that a refresh makes another edition."""
    (town.root / REGISTER / "lisays.csv").write_bytes(register_of(range(201, 206)))


@dataclass(frozen=True)
class Edition:
    """What an edition says: the part of its id that does not hang on the day, its open tables, byte for byte, and figures."""

    digest: str
    tables: dict[str, bytes]
    registered: float


@dataclass(frozen=True)
class Reference:
    """A town with an edition and a new file in its inbox, and the edition that an undisturbed refresh makes of it."""

    root: Path
    before: Edition
    after: Edition
    landed: frozenset[str]
    seconds: float


def edition_of(town: Workspace) -> Edition:
    current = str(editions.current_id(town))
    folder = town.editions / current
    with database.open_edition(folder / "public.duckdb") as connection:
        values = database.read_frame(connection, "marts.indicator_values")
    whole = values.filter(indicator_id="registered_associations", breakdown="total", period_type="year")
    tables = {path.name: path.read_bytes() for path in (folder / "open_data").rglob("*.parquet")}
    same_every_day = {name: content for name, content in tables.items() if not name.startswith("meta.")}
    registered = whole.sort("period")["value"].drop_nulls()[-1]
    return Edition(current.partition("-")[2], same_every_day, float(registered))


def landed(town: Workspace) -> dict[str, str]:
    """Return the hash of each file in force, by name."""
    return {file.name: file.sha256 for file in landing.files_in_force(town, "prh_register")}


def is_whole(town: Workspace) -> bool:
    return faults(town) == []


def half_made(town: Workspace) -> list[Path]:
    return [path for path in town.root.rglob("*.partial") if "dagster" not in path.parts]


@dataclass
class Running:
    """A refresh in another process: the tables that it has begun, and in the end what it came to."""

    process: Any
    ear: Connection

    def told(self) -> list[Any]:
        """Return all that the process has told; it must have ended."""
        told = []
        try:
            while self.ear.poll():
                told.append(self.ear.recv())
        except EOFError:
            return told
        return told

    def ended(self) -> list[Any]:
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, "the refresh has not ended"
        return self.told()


def start(work: Callable[..., None], *arguments: object) -> Running:
    ear, mouth = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(mouth, *arguments), daemon=True)
    process.start()
    mouth.close()
    return Running(process, ear)


def run_rooms(mouth: Connection, root: str) -> None:
    """Refresh without Dagster; tells each table, then the outcome."""
    from pipelines import obstacles, refresh

    try:
        published = refresh.run_rooms(Workspace(Path(root)), mouth.send)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test tells what it expected
        said = obstacles.told(str(error), root)
        mouth.send(("stopped", said.fi if said else repr(error)))
    else:
        mouth.send(("published", published.id))


def run_rooms_until(mouth: Connection, root: str, event: str, ending: str) -> None:
    """Refresh, and die at an operation on files before it happens: the audit event, and how its last path ends."""

    def strike(happened: str, arguments: tuple[object, ...]) -> None:
        if happened != event:
            return
        path = arguments[1] if event == "os.rename" else arguments[0]
        is_reading = event == "open" and not (int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR)) and ending != root
        if not is_reading and str(path).endswith(ending):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(strike)
    run_rooms(mouth, root)


def run_rooms_held(mouth: Connection, root: str, table: str, reached: Any, go_on: Any) -> None:
    """Refresh, and wait in the middle until it is told to go on."""
    from pipelines import refresh

    def hold(begun: str) -> None:
        if begun == table:
            reached.set()
            assert go_on.wait(PATIENCE)

    mouth.send(("published", refresh.run_rooms(Workspace(Path(root)), hold).id))


def run_job(mouth: Connection, root: str, with_rights: bool = True) -> None:
    """Refresh by the job of Dagster, as the command line does; tells the outcome, or the error that would be a traceback."""
    from pipelines import run

    if not with_rights:
        give_up_rights()
    try:
        outcome = run.refresh(Workspace(Path(root)), lambda _table: None)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not have come out
        mouth.send(("traceback", repr(error)))
    else:
        mouth.send((outcome.edition_id, outcome.kept_because.fi if outcome.kept_because else None))


def give_up_rights() -> None:
    """Make root as bound by the rights of files as everybody else is, for the rest of this process."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice, for 64 capabilities
    assert libc.capget(header, sets) == 0
    for number in range(3):
        sets[number] &= ~(1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH)
    assert libc.capset(header, sets) == 0


def read_until(mouth: Connection, root: str, stop: Any) -> None:
    """Query the current edition over and over; tells how many reads there were, the torn ones, and the errors.

    A read is torn when the tables of an edition are not of one publishing: `publish_numbered` writes its number into
    the id of the edition and into every figure.
    """
    town = Workspace(Path(root))
    reads, torn, errors = 0, [], []
    while True:
        is_last = stop.is_set()
        try:
            current = str(editions.current_id(town))
            with database.open_edition(town.editions / current / "public.duckdb") as connection:
                said = database.read_frame(connection, "meta.edition")["edition_id"].item()
                values = database.read_frame(connection, "marts.indicator_values")
            numbers = values.filter(indicator_id="registered_associations", is_hidden=False)["value"].unique().to_list()
            if said != current or numbers != [float(current.partition("-")[2])]:
                torn.append(f"{current}: {said}, {numbers}")
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is counted
            errors.append(repr(error))
        reads += 1
        if is_last:
            break
    mouth.send((reads, torn, errors))


def publish_numbered(mouth: Connection, root: str, count: int) -> None:
    """Publish so many editions, each with its number in its id and in every figure."""
    town = Workspace(Path(root))
    with database.open_build(town.build_file) as connection:
        for number in range(1, count + 1):
            edition_id = f"20260101-{number:010}"
            connection.execute("UPDATE meta.edition SET edition_id = ?", [edition_id])
            connection.execute(
                "UPDATE marts.indicator_values SET value = ? WHERE indicator_id = 'registered_associations'", [number]
            )
            mouth.send(editions.publish(connection, town, edition_id).is_new)
