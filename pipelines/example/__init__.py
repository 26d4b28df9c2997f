"""The example municipality: an invented town whose files look like real ones and whose right answers are known.

Here belongs: inventing the town, writing its files with the dirt of real life, counting the truth from the invention.
Not here: reading or computing what the pipeline computes; the truth must not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines import contracts
from pipelines.example.build import build_town
from pipelines.example.city_files import write_bookings, write_tasks, write_work
from pipelines.example.explanations import write_explanations
from pipelines.example.gathering_files import write_events, write_meetings
from pipelines.example.grant_service_files import write_applications, write_state_export
from pipelines.example.money_files import write_budgets, write_controls, write_draft, write_ledgers
from pipelines.example.people_files import write_listings, write_residents
from pipelines.example.population_files import write_population
from pipelines.example.price_files import write_prices
from pipelines.example.register_files import write_memberships, write_register
from pipelines.example.return_files import write_returns
from pipelines.example.sheets import Delivery
from pipelines.example.town import Town
from pipelines.example.truth import write_truth
from pipelines.workspace import Workspace

MUNICIPALITY = "esimerkkila"
TRUTH_FILE = "truth.json"


def write_example(workspace_root: Path, seed: int) -> None:
    """Make a workspace of the invented town, with the files of every source in its inbox and the right answers.

    The same seed gives the same bytes.

    Parameters
    ----------
    workspace_root
        Folder of the workspace; made when it is missing.
    seed
        Chooses one of the possible towns.

    Raises
    ------
    WorkspaceError
        The folder already is a workspace.
    """
    workspace = Workspace(workspace_root)
    workspace.create(contracts.municipality_settings(MUNICIPALITY))
    town = build_town(workspace.settings, seed)
    deliveries = list(_deliver(workspace, town))
    write_explanations(workspace.reconciliation_file, workspace.settings)
    refused = [write_draft(workspace.inbox / "grant_ledger")]
    write_truth(workspace_root / TRUTH_FILE, town, deliveries, refused)


def _deliver(workspace: Workspace, town: Town) -> Iterator[Delivery]:
    inbox, settings = workspace.inbox, workspace.settings
    yield from write_register(inbox / "prh_register", town)
    yield from write_memberships(
        inbox / "umbrella_members", town, settings.code_list("settings.umbrella_organisations")
    )
    yield from write_ledgers(inbox / "grant_ledger", town, settings)
    yield write_applications(inbox / "grant_ledger", town)
    yield write_state_export(inbox / "grant_ledger", town)
    yield write_controls(inbox / "grant_controls", town, settings)
    yield from write_returns(inbox / "association_returns", town)
    yield from write_population(inbox / "population", town)
    yield write_prices(inbox / "price_index")
    yield from write_budgets(inbox / "municipal_finance", town)
    yield from write_bookings(inbox / "premises_bookings", town, settings)
    yield from write_work(inbox / "city_work", town, settings)
    yield from write_events(inbox / "events", town, settings)
    yield from write_meetings(inbox / "meetings", town, settings)
    yield write_tasks(inbox / "annual_clock", town)
    yield from write_listings(inbox / "directory_listings", town)
    yield from write_residents(inbox / "resident_survey", town, settings)
