"""What `municipality.toml` says, as typed, immutable objects.

Here belongs: the models of the settings, and reading them. Not here: faults that show between two settings
(`settings_checks`), where the file lies (`workspace`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, field_validator, model_validator

from pipelines import contracts, settings_checks
from pipelines.classification import ClassificationRule
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

MAIL_ADDRESS = r"^[^@\s,;<>]+@[^@\s,;<>]+$"

SMALLEST_K = 3
"""The least number of associations that a public figure may speak of: of two, each knows the other's."""


class WorkspaceError(Exception):
    """The workspace can't be used as it is; the message is one Finnish sentence for people."""


Role = Literal["official", "welfare", "analyst", "admin"]


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


class RoleClaim(_Strict):
    """Roles that the identity provider tells: a claim of the ID token, and which of its values mean which role."""

    name: str = Field(min_length=1)
    values: dict[str, Role] = Field(min_length=1)

    def roles_in(self, claims: Mapping[str, object]) -> frozenset[Role]:
        """Return the roles that the claims of a person tell; values that mean none are passed over.

        The name is that of a claim; where there is none so called, its dots lead into nested claims
        (`realm_access.roles`).
        """
        told = claims.get(self.name)
        if told is None:
            told = claims
            for part in self.name.split("."):
                told = told.get(part) if isinstance(told, Mapping) else None
        values = told if isinstance(told, (list, tuple)) else [told]
        return frozenset(self.values[value] for value in values if isinstance(value, str) and value in self.values)


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
    """A council term, named after its first and last year."""

    id: str = Field(pattern=r"^\d{4}-\d{4}$")
    starts: date
    ends: date

    @property
    def first_year(self) -> int:
        """First year of the term: a year belongs to the term whose council sits at its end."""
        return self.starts.year

    @property
    def last_year(self) -> int:
        """Last year of the term, the baseline of the next one."""
        return (self.ends + timedelta(days=1)).year - 1

    @property
    def baseline_year(self) -> int:
        """The last full year before the term."""
        return self.first_year - 1


class Target(_Strict):
    """What an indicator is to reach in a council term; `value` in the unit of the indicator, shares between 0 and 1."""

    indicator: str
    term: str
    value: float
    owner: str = Field(min_length=1)
    set_on: date
    decided_in: str = Field(min_length=1)


class HourRate(_Strict):
    """What an hour of the municipality's staff costs, from a day on, and who says so."""

    name: str
    eur_per_hour: Decimal = Field(gt=0)
    valid_from: date
    source: str


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


class GrantingBody(Choice):
    """A body that grants; `is_own` is false for those whose money is not the municipality's, such as the state's."""

    is_own: bool = True


class Interface(_Strict):
    """An open interface that a refresh asks, when it is switched on."""

    enabled: bool = False
    base_url: str = Field(pattern=ADDRESS)


class CompanyInterface(Interface):
    """YTJ of PRH; the associations of these post offices are asked for together, the others one by one."""

    locations: tuple[str, ...] = ()


class TableInterface(Interface):
    """PxWeb of Statistics Finland; paths of the tables below the base."""

    tables: tuple[str, ...] = Field(min_length=1)


class PopulationInterface(TableInterface):
    """Tables of the population by municipality."""

    tables: tuple[str, ...] = Field(default=("vaerak/11ra.px",), min_length=1)


class PriceInterface(TableInterface):
    """Tables of the consumer price index."""

    tables: tuple[str, ...] = Field(default=("khi/11xc.px",), min_length=1)


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
    price_index: PriceInterface | None = None
    municipal_finance: FinanceInterface | None = None
    events: EventInterface | None = None
    directory_listings: Interface | None = None


class Mail(_Strict):
    """Who is told by mail of overdue or failing data, and through which server.

    `owners` gives the owners of the contracts an address; `keeper` gets all else. The password of `user` comes from
    the environment.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    starttls: bool = True
    user: str = ""
    sender: str = Field(alias="from", pattern=MAIL_ADDRESS)
    keeper: str = Field(pattern=MAIL_ADDRESS)
    owners: dict[str, Annotated[str, Field(pattern=MAIL_ADDRESS)]] = {}

    @model_validator(mode="after")
    def _keeps_the_password(self) -> Self:
        if self.user and not self.starttls:
            raise ValueError("tunnusta ei lähetetä salaamatta; aseta starttls = true tai poista user")
        return self


class Retention(_Strict):
    """How long what no figure rests on is kept: delivered files that newer ones replaced, and old editions."""

    replaced_files_days: int = Field(default=365, ge=30)
    editions_years: int = Field(default=10, ge=1)


class Area(Choice):
    """An area of residence; `residents` are its residents on 31.12. of the years that the municipality knows."""

    residents: dict[int, PositiveInt] = {}


class Settings(_Strict):
    """What `municipality.toml` says."""

    municipality: Municipality
    contact: Contact
    figures: Figures
    roles: dict[str, Role] = {}
    role_claim: RoleClaim | None = None
    interfaces: Interfaces = Interfaces()
    mail: Mail | None = None
    retention: Retention = Retention()
    council_terms: tuple[CouncilTerm, ...] = ()
    targets: tuple[Target, ...] = ()
    series_breaks: tuple[SeriesBreak, ...] = ()
    staff_hour_rates: tuple[HourRate, ...] = ()
    granting_bodies: tuple[GrantingBody, ...] = ()
    grant_types: tuple[Choice, ...] = ()
    umbrella_organisations: tuple[Choice, ...] = ()
    premises: tuple[Choice, ...] = ()
    forums: tuple[Choice, ...] = ()
    areas: tuple[Area, ...] = ()
    city_units: tuple[Choice, ...] = ()
    classification_rules: tuple[ClassificationRule, ...] = ()

    def roles_of(self, email: str, claims: Mapping[str, object]) -> frozenset[Role]:
        """Return the roles of a person.

        Whom the table `[roles]` names, in whatever case of letters, has that role and no other; of all others the
        claims of the identity provider tell.
        """
        named = {address.casefold(): role for address, role in self.roles.items()}.get(email.casefold())
        if named is not None:
            return frozenset({named})
        return self.role_claim.roles_in(claims) if self.role_claim else frozenset()

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
            entries = [choice.model_dump(exclude={"until", "is_own", "residents"}) for choice in getattr(self, own)]
        else:
            raise KeyError(name)
        return contracts.code_list({"id": own, "source": SETTINGS_FILE, "entries": entries})


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
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
        raise WorkspaceError(f"Asetuksia {name} ei voi lukea: {error}. Korjaa tiedosto.") from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        what = first["msg"].removeprefix("Value error, ")
        raise WorkspaceError(f"Asetuksissa {name} on virhe kohdassa {where}: {what}. Korjaa kohta.") from error
    fault = settings_checks.first_fault(settings, OWN_LISTS)
    if fault is not None:
        place, why = fault
        raise WorkspaceError(contracts.message("settings.faulty", name=name, place=place, fault=why.fi).fi)
    return settings
