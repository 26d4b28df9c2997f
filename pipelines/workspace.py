"""A municipality's folder: its paths and its settings.

Here belongs: where things lie in a workspace and what `municipality.toml` says. Not here: reading source files, DuckDB.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines import contracts
from pipelines.contract_model import CodeList

SETTINGS_FILE = "municipality.toml"

OWN_LISTS = (
    "granting_bodies",
    "grant_types",
    "umbrella_organisations",
    "premises",
    "forums",
    "areas",
    "city_units",
)
"""Code lists of a municipality that its settings hold."""

ADDRESS = r"^(https://[^\s/?#@]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(/[^\s?#]*)?$"
"""Address of an interface: encrypted, unless it is on this machine; without a user, a query or a fragment."""

SMALLEST_K = 3
"""The least number of associations that a public figure may speak of: of two, each knows the other's."""

DAGSTER_SETTINGS = """\
# Dagster of this workspace. One run at a time: DuckDB has one writer. Nothing is sent anywhere.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
    granularity: op
"""


class WorkspaceError(Exception):
    """The workspace can't be used as it is; the message is one Finnish sentence for people."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Municipality(_Strict):
    """Who the workspace belongs to."""

    code: str = Field(pattern=r"^\d{3}$")
    name: str
    business_id: str = Field(pattern=r"^\d{7}-\d$")
    example: bool = False


class Contact(_Strict):
    """Who answers questions about the figures."""

    name: str
    email: str = ""


class Figures(_Strict):
    """Limits of the figures."""

    first_year: int = Field(ge=1900, le=2100)
    active_within_months: int = Field(default=24, ge=1)
    disclosure_k: int = 3

    @field_validator("disclosure_k")
    @classmethod
    def _protects(cls, k: int) -> int:
        if k < SMALLEST_K:
            raise ValueError(f"pienin sallittu arvo on {SMALLEST_K}, jotta yhden yhdistyksen tiedot eivät paljastu")
        return k


class CouncilTerm(_Strict):
    """A council term."""

    id: str
    starts: date
    ends: date


class SeriesBreak(_Strict):
    """A day from which the named indicators are not comparable with the time before."""

    id: str
    date: date
    indicators: tuple[str, ...]
    fi: str
    sv: str
    en: str


class Choice(_Strict):
    """One entry of the municipality's own code lists."""

    code: str
    fi: str
    sv: str | None = None
    en: str | None = None
    synonyms: tuple[str, ...] = ()
    until: date | None = None


class Interface(_Strict):
    """An open interface that a refresh asks, when it is switched on."""

    enabled: bool = False
    base_url: str = Field(pattern=ADDRESS)


class CompanyInterface(Interface):
    """YTJ of PRH; the associations of these post offices are asked for together, the others one by one."""

    locations: tuple[str, ...] = ()


class PopulationInterface(Interface):
    """PxWeb of Statistics Finland; paths of the tables below the base."""

    tables: tuple[str, ...] = Field(default=("vaerak/11ra.px",), min_length=1)


class FinanceInterface(Interface):
    """Municipal finance of the State Treasury; reporting packages, KTAS is the budget and plan."""

    packages: tuple[str, ...] = Field(default=("KTAS",), min_length=1)


class EventInterface(Interface):
    """A Linked Events instance; `parameters` narrow its events down to those of the municipality."""

    event_types: tuple[str, ...] = Field(default=("General", "Course", "Volunteering"), min_length=1)
    parameters: dict[str, str] = {}


class Interfaces(_Strict):
    """The interface of each source that has one, by the name of the source."""

    ytj_companies: CompanyInterface | None = None
    population: PopulationInterface | None = None
    municipal_finance: FinanceInterface | None = None
    events: EventInterface | None = None
    directory_listings: Interface | None = None


class Settings(_Strict):
    """What `municipality.toml` says."""

    municipality: Municipality
    contact: Contact
    figures: Figures
    interfaces: Interfaces = Interfaces()
    council_terms: tuple[CouncilTerm, ...] = ()
    series_breaks: tuple[SeriesBreak, ...] = ()
    granting_bodies: tuple[Choice, ...] = ()
    grant_types: tuple[Choice, ...] = ()
    umbrella_organisations: tuple[Choice, ...] = ()
    premises: tuple[Choice, ...] = ()
    forums: tuple[Choice, ...] = ()
    areas: tuple[Choice, ...] = ()
    city_units: tuple[Choice, ...] = ()

    def code_list(self, name: str) -> CodeList:
        """Return a code list by the name that contracts use: `settings.granting_bodies` or one of the project's own.

        Raises
        ------
        KeyError
            There is no such list.
        """
        if not name.startswith("settings."):
            return contracts.code_lists()[name]
        own = name.removeprefix("settings.")
        if own == "council_terms":
            entries = [{"code": term.id, "fi": term.id.replace("-", "–")} for term in self.council_terms]
        elif own in OWN_LISTS:
            entries = [choice.model_dump(exclude={"until"}) for choice in getattr(self, own)]
        else:
            raise KeyError(name)
        return contracts.code_list({"id": own, "source": SETTINGS_FILE, "entries": entries})


@dataclass(frozen=True)
class Workspace:
    """The paths of a workspace; see the design for what each holds."""

    root: Path

    @property
    def inbox(self) -> Path:
        """Folder with one folder a source; people drop files there."""
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        """Received bytes and their manifest; holds personal data."""
        return self.root / "landing"

    @property
    def build_file(self) -> Path:
        """The database that only the pipeline opens."""
        return self.root / "build.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Run history and schedules."""
        return self.root / "dagster"

    @property
    def editions(self) -> Path:
        """One folder an edition."""
        return self.root / "editions"

    @property
    def current_file(self) -> Path:
        """Holds the id of the edition that is served."""
        return self.root / "CURRENT"

    @property
    def templates(self) -> Path:
        """One XLSX template a file source, for those who deliver."""
        return self.root / "templates"

    @property
    def corrections_file(self) -> Path:
        """Corrections of delivered files that people wrote."""
        return self.root / "corrections.yaml"

    @property
    def links_file(self) -> Path:
        """Which association a name means, as people have decided."""
        return self.root / "links.csv"

    @property
    def question_maps(self) -> Path:
        """One folder a source, with a TOML file for each form whose export is read through it."""
        return self.root / "question_maps"

    @property
    def settings_file(self) -> Path:
        """The settings of the municipality."""
        return self.root / SETTINGS_FILE

    def decision_files(self) -> list[Path]:
        """Return the files that hold what people decided, as far as there are any, in a fixed order."""
        decided = [self.corrections_file, self.links_file, *self.question_maps.rglob("*.toml")]
        return sorted(path for path in decided if path.is_file())

    @cached_property
    def settings(self) -> Settings:
        """Read the settings.

        Raises
        ------
        WorkspaceError
            The file is missing, is not TOML, or says something that the settings don't know.
        """
        return read_settings(self.settings_file)

    def create(self, settings_text: str) -> None:
        """Make the folders and write the settings.

        Raises
        ------
        WorkspaceError
            The folder already is a workspace, or is a file.
        """
        if self.root.exists() and not self.root.is_dir():
            raise WorkspaceError(f"{self.root} on tiedosto, ei kansio. Valitse toinen kansio.")
        if self.settings_file.exists():
            raise WorkspaceError(f"Kansio {self.root} on jo työtila. Valitse toinen kansio.")
        self.make_folders()
        self.settings_file.write_text(settings_text, encoding="utf-8")

    def make_folders(self) -> None:
        """Make the folders that are missing; a copy of a workspace may have lost the empty ones."""
        for source in contracts.sources():
            (self.inbox / source).mkdir(parents=True, exist_ok=True)
        self.landing.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.dagster_home, self.editions):
            folder.mkdir(exist_ok=True)
        dagster_settings = self.dagster_home / "dagster.yaml"
        if not dagster_settings.exists():
            dagster_settings.write_text(DAGSTER_SETTINGS, encoding="utf-8")


def read_settings(path: Path) -> Settings:
    """Read a settings file.

    Raises
    ------
    WorkspaceError
        As `Workspace.settings`.
    """
    if not path.is_file():
        raise WorkspaceError(f"Kansio {path.parent} ei ole työtila: {path.name} puuttuu. Tee se: yhteispeli init.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"Asetuksia {path} ei voi lukea: merkistö ei ole UTF-8. Korjaa tiedosto.") from error
    return parse_settings(text, str(path))


def parse_settings(text: str, name: str) -> Settings:
    """Read the text of a settings file; `name` is how messages call it.

    Raises
    ------
    WorkspaceError
        The text is not TOML, or says something that the settings don't know.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"Asetuksia {name} ei voi lukea: {error}. Korjaa tiedosto.") from error
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        what = first["msg"].removeprefix("Value error, ")
        raise WorkspaceError(f"Asetuksissa {name} on virhe kohdassa {where}: {what}. Korjaa kohta.") from error
