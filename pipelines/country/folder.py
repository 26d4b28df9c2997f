"""The folder of a country: where things lie in it, and which municipalities it has.

Here belongs: paths and settings. Not here: what is done with them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.contracts import message
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

SETTINGS_FILE = "country.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TownEntry(_Strict):
    """A municipality of the country: its code, and its workspace below the folder of the country."""

    code: str = Field(pattern=r"^\d{3}$")
    folder: str

    @field_validator("folder")
    @classmethod
    def _lies_within(cls, folder: str) -> str:
        path = PurePosixPath(folder)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError("kansion pitää olla maan kansion sisällä")
        return folder


class CountrySettings(_Strict):
    """What `country.toml` says.

    `workers` is how many municipalities are refreshed at a time, `peers` with how many of about its size each is
    compared.
    """

    name: str = Field(min_length=1)
    workers: int = Field(default=2, ge=1, le=64)
    peers: int = Field(default=10, ge=1, le=50)
    towns: tuple[TownEntry, ...] = Field(min_length=1)

    @field_validator("towns")
    @classmethod
    def _are_told_apart(cls, towns: tuple[TownEntry, ...]) -> tuple[TownEntry, ...]:
        for told in ([town.code for town in towns], [town.folder for town in towns]):
            twice = sorted({item for item in told if told.count(item) > 1})
            if twice:
                raise ValueError(f"{twice[0]} on listassa kahdesti")
        return towns


@dataclass(frozen=True)
class Country:
    """The paths of a country or region."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """Name of the country and the list of its municipalities."""
        return self.root / SETTINGS_FILE

    @property
    def inbox(self) -> Path:
        """One folder a source, with the files that tell of all municipalities."""
        return self.root / "inbox"

    @property
    def set_aside(self) -> Path:
        """Rows of national files that no municipality was given, each with the reason."""
        return self.root / "set_aside"

    @property
    def comparison(self) -> Path:
        """One folder an edition of the comparison."""
        return self.root / "comparison"

    @property
    def current_file(self) -> Path:
        """Holds the id of the comparison that is shown."""
        return self.comparison / "CURRENT"

    @property
    def state_file(self) -> Path:
        """What has been parted and refreshed, so that only what changed is done again."""
        return self.root / "state.json"

    @cached_property
    def settings(self) -> CountrySettings:
        """Read the settings.

        Raises
        ------
        WorkspaceError
            The file is not TOML, or says something that the settings don't know.
        """
        try:
            raw = tomllib.loads(self.settings_file.read_text(encoding="utf-8-sig"))
        except ValueError as error:
            raise _faulty(self.settings_file, "", str(error)) from error
        try:
            return CountrySettings.model_validate(raw)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise _faulty(self.settings_file, where, first["msg"].removeprefix("Value error, ")) from error

    @cached_property
    def towns(self) -> dict[str, Workspace]:
        """The workspaces by municipality code, in the order of the settings."""
        return {town.code: Workspace(self.root / town.folder) for town in self.settings.towns}


def is_country(root: Path) -> bool:
    """Tell whether a folder holds a country and not a workspace."""
    return (root / SETTINGS_FILE).is_file()


def _faulty(path: Path, where: str, fault: str) -> WorkspaceError:
    return WorkspaceError(message("country.faulty", path=path, place=where or "–", fault=fault).fi)
