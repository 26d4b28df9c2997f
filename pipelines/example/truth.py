"""The right answers of the invented town, counted from the invention itself.

Here belongs: plain counting over the records, after the definitions of the indicator cards. It reads no file of the
inbox and uses nothing of the pipeline, so that comparing the two means something. Not here: writing the files.

Format of `truth.json`: `three_numbers`, `indicators` (a list of indicator_id, period, breakdown, breakdown_value,
value; sums of euros are texts to the cent, shares are fractions 0–1, a value that can't be known is null; a breakdown
value that nothing falls into has no row), `whole` (the same, for all active associations and all adult residents: what
the estimates should find), `faults` and `warnings` (file, line, rule_id), `refused` (file), `files`
(file, source, rows, faulty_rows), `reconciliation` (year, granting_body, ledger_paid_eur, booked_eur, difference_eur =
ledger − books, unexplained_eur).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines import contracts
from pipelines.example import civic_truth, class_truth, support_truth
from pipelines.example.explanations import EXPLANATIONS
from pipelines.example.sheets import LABEL, Delivery
from pipelines.example.town import FIRST_RETURN_YEAR, NUMBERS_YEAR, YEARS, Association, Grant, Return, Town, end_of

TOTAL = "total"
_ACTIVE_YEARS = 2
_STAGES = ("Alustava", "Hyväksytty", "Lopullinen", "Jälkikorjattu")
_TWO_MONTHS_IN_YEAR = 6
_AGREES = 4

Value = int | float | str | None
Answer = dict[str, Any]


class YearEnd:
    """What stands at the end of one year: who is registered, active, under an umbrella, and what each one answered."""

    def __init__(self, town: Town, year: int) -> None:
        self.town, self.year, self.day = town, year, end_of(year)
        local = [one for one in town.associations.values() if one.domicile == town.municipality_code]
        self.local = local
        self.registered = {one.register_number: one for one in local if one.is_registered_on(self.day)}
        evidence = _evidence(town)
        first = date(year - _ACTIVE_YEARS, 12, 31)
        self.active = {
            number: one
            for number, one in self.registered.items()
            if any(first < day <= self.day for day in evidence.get(number, ()))
        }
        self.umbrellas: dict[str, set[int]] = defaultdict(set)
        for membership in town.memberships:
            if membership.register_number in self.registered and membership.is_in_force_on(self.day):
                self.umbrellas[membership.umbrella].add(membership.register_number)
        self.answers: dict[int, Return] = {}
        for answer in town.returns:
            if answer.year == year and answer.register_number in self.registered:
                self.answers[answer.register_number] = answer

    @property
    def under_umbrella(self) -> set[int]:
        """Registered associations that belong to at least one umbrella organisation."""
        return set().union(*self.umbrellas.values())


def _evidence(town: Town) -> dict[int, list[date]]:
    """Days on which an association showed that it acts: a return, an application, a booking and so on."""
    found: dict[int, list[date]] = defaultdict(list)
    for answer in town.returns:
        if answer.register_number is not None:
            found[answer.register_number].append(end_of(answer.year))
    for grant in town.grants:
        if grant.register_number is not None and grant.awarded >= 0 and not grant.is_regrant:
            found[grant.register_number].append(grant.decided_on)
    for membership in town.memberships:
        if membership.register_number is not None:
            found[membership.register_number].append(membership.valid_from)
    for number, day in civic_truth.evidence(town):
        found[number].append(day)
    return found


def purpose_group(association: Association) -> str:
    """Return the purpose group: by the hundreds of the class, `unknown` where the class is missing or not listed."""
    groups = {word: entry.code for entry in contracts.code_lists()["purpose_groups"].entries for word in entry.synonyms}
    return groups.get(f"{(association.purpose_class or ' ')[0]}00", "unknown")


def indicator_values(town: Town) -> Iterator[Answer]:
    """Yield every indicator of every year and breakdown."""
    for year in YEARS:
        then = YearEnd(town, year)
        yield from _of_the_register(then)
        yield from _of_the_grants(town, year)
        yield from _of_the_returns(then)
        for indicator, period, breakdown, breakdown_value, value in support_truth.figures(town, year, len(then.active)):
            yield _answer(indicator, period, value, breakdown, breakdown_value)
    for indicator, period, breakdown, breakdown_value, value in (
        *civic_truth.figures(town),
        *class_truth.figures(town),
    ):
        yield _answer(indicator, period, value, breakdown, breakdown_value)


def _answer(
    indicator: str, period: int | str, value: Value, breakdown: str = TOTAL, breakdown_value: str = TOTAL
) -> Answer:
    return {
        "indicator_id": indicator,
        "period": str(period),
        "breakdown": breakdown,
        "breakdown_value": breakdown_value,
        "value": value,
    }


def _counted(
    indicator: str, year: int, ones: Iterable[Association], breakdown: str, key: Callable[[Association], str]
) -> Iterator[Answer]:
    counts: dict[str, int] = defaultdict(int)
    for one in ones:
        counts[key(one)] += 1
    yield _answer(indicator, year, sum(counts.values()))
    for value, count in sorted(counts.items()):
        yield _answer(indicator, year, count, breakdown, value)


def _of_the_register(then: YearEnd) -> Iterator[Answer]:
    year, registered = then.year, len(then.registered)
    founded = [one for one in then.local if not one.is_pending and one.registered_on.year == year]
    ended = [one for one in then.local if one.ended_on is not None and one.ended_on.year == year]
    yield from _counted("registered_associations", year, then.registered.values(), "purpose_group", purpose_group)
    yield from _counted("active_associations", year, then.active.values(), "purpose_group", purpose_group)
    yield from _counted("founded", year, founded, "purpose_group", purpose_group)
    yield from _counted("ended", year, ended, "end_reason", lambda one: str(one.end_reason))
    yield _answer("associations_per_1000", year, registered / then.town.residents[year] * 1000)
    yield _answer("umbrella_coverage_share", year, len(then.under_umbrella) / registered)
    for umbrella, members in sorted(then.umbrellas.items()):
        yield _answer("umbrella_coverage_share", year, len(members) / registered, "umbrella", umbrella)


def _of_the_grants(town: Town, year: int) -> Iterator[Answer]:
    own = [one for one in town.grants if not one.is_regrant]
    decided = [one for one in own if one.decided_on.year == year]
    paid = [one for one in own if one.paid_on is not None and one.paid_on.year == year]
    yield from _summed("grants_awarded_eur", year, decided, lambda one: one.awarded)
    yield from _summed("grants_applied_eur", year, decided, lambda one: one.applied)
    yield from _summed("grants_paid_eur", year, paid, lambda one: one.paid)
    awarded = sum((one.awarded for one in decided), Decimal(0))
    expenses = _operating_expenses(town, year)
    yield _answer("grants_share_of_budget", year, None if expenses is None else float(awarded / expenses))
    yield _answer("grants_per_resident_eur", year, float(awarded / town.residents[year]))


def _summed(
    indicator: str, year: int, grants: Sequence[Grant], euros: Callable[[Grant], Decimal | None]
) -> Iterator[Answer]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: Decimal("0.00"))
    for grant in grants:
        for key in ((TOTAL, TOTAL), ("granting_body", grant.body), ("grant_type", grant.grant_type)):
            sums[key] += euros(grant) or Decimal(0)
    for (breakdown, value), total in sums.items():
        yield _answer(indicator, year, f"{total:.2f}", breakdown, value)


def _operating_expenses(town: Town, year: int) -> int | None:
    """Return the figure of the version with the highest approval stage; None where that version has none."""
    versions = [one for one in town.budgets if one.year == year]
    return max(versions, key=lambda one: (_STAGES.index(one.stage), one.published_at)).operating_expenses


def _of_the_returns(then: YearEnd) -> Iterator[Answer]:
    if not then.answers:
        return
    for group in (None, *sorted({purpose_group(one) for one in then.active.values()})):
        answers = [
            answer for number, answer in then.answers.items() if group in {None, purpose_group(then.registered[number])}
        ]
        active = [one for one in then.active.values() if group in {None, purpose_group(one)}]
        breakdown = (TOTAL, TOTAL) if group is None else ("purpose_group", group)
        for indicator, value in _told(answers).items():
            if value is not None:
                yield _answer(indicator, then.year, value, *breakdown)
        yield _answer("return_response_share", then.year, len(answers) / len(active), *breakdown)


def whole_values(town: Town) -> Iterator[Answer]:
    """Yield what every figure would be if all active associations and all adult residents had answered everything."""
    for year in range(FIRST_RETURN_YEAR, YEARS[-1] + 1):
        active = YearEnd(town, year).active
        for group in (None, *sorted({purpose_group(one) for one in active.values()})):
            answers = [
                town.whole_field[year, key] for key, one in active.items() if group in {None, purpose_group(one)}
            ]
            breakdown = (TOTAL, TOTAL) if group is None else ("purpose_group", group)
            for indicator, value in _told(answers).items():
                yield _answer(indicator, year, value, *breakdown)
    for indicator, period, breakdown_name, breakdown_value, value in civic_truth.whole_figures(town):
        yield _answer(indicator, period, value, breakdown_name, breakdown_value)


def _told(answers: Sequence[Return]) -> Mapping[str, Value]:
    """Return sums and means over the answers; None where nobody told."""
    grades = [one.grade for one in answers if one.grade is not None]
    works = [one.works for one in answers if one.works is not None]
    return {
        "memberships": _sum(one.members for one in answers),
        "volunteer_hours": _sum(hours_of_year(one) for one in answers),
        "volunteer_persons": _sum(one.persons for one in answers),
        "association_events": _sum(one.events for one in answers),
        "joint_events": _sum(one.joint_events for one in answers),
        "cooperation_grade": sum(grades) / len(grades) if grades else None,
        "cooperation_works_share": sum(one >= _AGREES for one in works) / len(works) if works else None,
    }


def hours_of_year(answer: Return) -> float | None:
    """Return the hours of the whole year; what was counted in two months counts six times."""
    if answer.hours is None:
        return None
    return float(answer.hours) * (_TWO_MONTHS_IN_YEAR if answer.counting_method == "two_months" else 1)


def _sum(numbers: Iterable[float | None]) -> Value:
    told = [number for number in numbers if number is not None]
    return sum(told) if told else None


def _reconciliation(town: Town) -> Iterator[Answer]:
    paid: dict[tuple[int, str], Decimal] = defaultdict(lambda: Decimal("0.00"))
    for grant in town.grants:
        if grant.paid is not None and grant.paid_on is not None and not grant.is_regrant:
            paid[grant.paid_on.year, grant.body] += grant.paid
    for (year, body), booked in sorted(town.booked.items()):
        ledger = paid[year, body]
        explained = sum((eur for *key, eur, _ in EXPLANATIONS if key == [year, body]), Decimal("0.00"))
        yield {
            "year": year,
            "granting_body": body,
            "ledger_paid_eur": f"{ledger:.2f}",
            "booked_eur": f"{booked:.2f}",
            "difference_eur": f"{ledger - booked:.2f}",
            "unexplained_eur": f"{ledger - booked - explained:.2f}",
        }


def _marked(root: Path, deliveries: Sequence[Delivery], rule_of: str) -> list[Answer]:
    return [
        {"file": delivery.path.relative_to(root).as_posix(), "line": line, "rule_id": rule}
        for delivery in deliveries
        for row, line in zip(delivery.rows, delivery.lines, strict=True)
        if (rule := getattr(row, rule_of)) is not None
    ]


def write_truth(path: Path, town: Town, deliveries: Sequence[Delivery], refused: Sequence[Path]) -> None:
    """Write the right answers of the town and of its files."""
    root = path.parent
    then = YearEnd(town, NUMBERS_YEAR)
    truth = {
        "esimerkkiaineisto": LABEL,
        "three_numbers": {
            "year": NUMBERS_YEAR,
            "registered": len(then.registered),
            "active": len(then.active),
            "under_umbrella": len(then.under_umbrella),
        },
        "indicators": list(indicator_values(town)),
        "whole": list(whole_values(town)),
        "faults": _marked(root, deliveries, "broken_rule"),
        "warnings": _marked(root, deliveries, "warns_of"),
        "refused": [{"file": file.relative_to(root).as_posix()} for file in refused],
        "files": [
            {
                "file": delivery.path.relative_to(root).as_posix(),
                "source": delivery.path.parent.name,
                "rows": len(delivery.rows),
                "faulty_rows": sum(row.broken_rule is not None for row in delivery.rows),
            }
            for delivery in deliveries
        ],
        "reconciliation": list(_reconciliation(town)),
    }
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
