"""What settings that can be read may still say wrongly: things that name each other, or contradict each other.

Here belongs: faults that no type of a single setting can tell. Not here: the settings themselves and what a single one
may be (`pipelines.settings`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from pipelines import classification, contracts
from pipelines.contract_model import ContractError, Text

if TYPE_CHECKING:
    from pipelines.settings import Settings, Target


def first_fault(settings: Settings, own_lists: Collection[str]) -> tuple[str, Text] | None:
    """Return the name of the first setting that can't be right beside the others, and why; None when all can.

    Parameters
    ----------
    own_lists
        Names of the settings that are code lists of the municipality's own.
    """
    faults = {
        **{own: _fault_of_list(settings, own) for own in own_lists},
        "classification_rules": classification.first_fault(settings.classification_rules, settings.code_list),
        "mail.owners": _fault_of_owners(settings),
        "targets": _fault_of_targets(settings),
        "series_breaks": _fault_of_breaks(settings),
    }
    return next(((place, fault) for place, fault in faults.items() if fault is not None), None)


def _fault_of_list(settings: Settings, own: str) -> Text | None:
    try:
        settings.code_list(f"settings.{own}")
    except ContractError:
        return contracts.message("settings.two_meanings")
    return None


def _fault_of_owners(settings: Settings) -> Text | None:
    known = {contract.owner for contract in contracts.sources().values()}
    unknown = sorted(settings.mail.owners.keys() - known) if settings.mail else []
    if not unknown:
        return None
    return contracts.message("settings.owner", owner=unknown[0], owners=", ".join(sorted(known)))


def _fault_of_targets(settings: Settings) -> Text | None:
    terms = {term.id for term in settings.council_terms}
    seen: set[tuple[str, str]] = set()
    for target in settings.targets:
        fault = _fault_of_target(target, terms, seen)
        if fault is not None:
            return fault
        seen.add((target.indicator, target.term))
    return None


def _fault_of_target(target: Target, terms: Collection[str], seen: Collection[tuple[str, str]]) -> Text | None:
    card = contracts.indicators().get(target.indicator)
    if card is None:
        return contracts.message("settings.indicator", indicator=target.indicator)
    if card.direction == "none":
        return contracts.message("settings.target.direction", indicator=target.indicator)
    if card.unit_code == "share" and not 0 <= target.value <= 1:
        return contracts.message("settings.target.share", indicator=target.indicator)
    if target.term not in terms:
        return contracts.message("settings.target.term", indicator=target.indicator, term=target.term)
    if (target.indicator, target.term) in seen:
        return contracts.message("settings.target.twice", indicator=target.indicator, term=target.term)
    return None


def _fault_of_breaks(settings: Settings) -> Text | None:
    seen: set[tuple[str, int]] = set()
    for item in settings.series_breaks:
        for indicator in item.indicators:
            if indicator not in contracts.indicators():
                return contracts.message("settings.indicator", indicator=indicator)
            if (indicator, item.date.year) in seen:
                return contracts.message("settings.break.twice", indicator=indicator, year=item.date.year)
            seen.add((indicator, item.date.year))
    return None
