"""A municipality's folder: where things lie in it.

Here belongs: the paths of a workspace and making its folders. Not here: what its settings say (`settings`), reading
source files, DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines import contracts
from pipelines.settings import SETTINGS_FILE, Settings, WorkspaceError, read_settings

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
    def reports(self) -> Path:
        """Chapters of the welfare report that the schedule wrote; public figures only."""
        return self.root / "reports"

    @property
    def templates(self) -> Path:
        """One XLSX template a file source, for those who deliver."""
        return self.root / "templates"

    @property
    def corrections_file(self) -> Path:
        """Corrections of delivered files that people wrote."""
        return self.root / "corrections.yaml"

    @property
    def reconciliation_file(self) -> Path:
        """Why the grant ledger and the books differ, as people explained it."""
        return self.root / "reconciliation.yaml"

    @property
    def links_file(self) -> Path:
        """Which association a name means, as people have decided."""
        return self.root / "links.csv"

    @property
    def restricted(self) -> Path:
        """What only people with a role may see: proposals, what was done about them, who delivered what."""
        return self.root / "restricted"

    @property
    def deliveries_file(self) -> Path:
        """Who delivered which file, when; holds e-mail addresses of officials."""
        return self.restricted / "deliveries.jsonl"

    @property
    def proposals_file(self) -> Path:
        """Development proposals, written anew by each refresh."""
        return self.restricted / "proposals.jsonl"

    @property
    def proposal_changes_file(self) -> Path:
        """What people decided on proposals; kept for ever."""
        return self.restricted / "proposal_changes.jsonl"

    @property
    def question_maps(self) -> Path:
        """One folder a source, with a TOML file for each form whose export is read through it."""
        return self.root / "question_maps"

    @property
    def service_file(self) -> Path:
        """Which processes serve the workspace now; it is there only while they do."""
        return self.root / "service.json"

    @property
    def told_file(self) -> Path:
        """Which faults have been told by mail and still last; one that has gone away is forgotten."""
        return self.root / "told_faults.json"

    @property
    def settings_file(self) -> Path:
        """The settings of the municipality."""
        return self.root / SETTINGS_FILE

    def decision_files(self) -> list[Path]:
        """Return the files that hold what people decided, as far as there are any, in a fixed order."""
        decided = [self.corrections_file, self.reconciliation_file, self.links_file]
        decided += self.question_maps.rglob("*.toml")
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
        self.settings_file.chmod(0o600)

    def make_restricted(self) -> None:
        """Make the folder of what needs a role; only its owner may look in."""
        self.restricted.mkdir(mode=0o700, exist_ok=True)

    def make_folders(self) -> None:
        """Make the folders that are missing; a copy of a workspace may have lost the empty ones.

        Only editions are for other users of the machine: what is delivered and the log of runs hold personal data.
        """
        self.inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        for source in contracts.sources():
            (self.inbox / source).mkdir(exist_ok=True)
        for folder in (self.landing, self.dagster_home):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.editions.mkdir(exist_ok=True)
        self.editions.chmod(0o755)
        dagster_settings = self.dagster_home / "dagster.yaml"
        if not dagster_settings.exists():
            dagster_settings.write_text(DAGSTER_SETTINGS, encoding="utf-8")
