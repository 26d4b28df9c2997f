"""Which changes of a panel would tell what single associations answered.

Here belongs: that rule. Not here: which figures of a year are hidden (`pipelines.disclosure`), how a change is
estimated (`pipelines.estimation`).

A change speaks of those that answered in both years, the sums that were told speak of all. Sum after, less sum before,
less the change of the panel is what those answered that answered in one of the years only: where they are fewer than k,
the answer of one of them can be as good as told. So a change is told where nobody or at least k stand outside its
panel, and so must they in the groups whose change is not told, taken together: the change of the whole tells of those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet

import polars as pl

TOTAL = "total"


def untold(now: pl.DataFrame, then: pl.DataFrame, column: str, hidden: AbstractSet[str], k: int) -> frozenset[str]:
    """Return the purpose groups whose change must not be told, and `TOTAL` where that of the whole must not.

    Parameters
    ----------
    now, then
        `register_number`, `purpose_group` and the column, null where there was no answer; one row an association.
    hidden
        The groups whose figure is hidden in one of the years; they are among those returned.
    k
        Fewer associations than this are never told of.
    """
    before, after = _answered(then, column), _answered(now, column)
    by_group = Counter(group for _, group in before.items() ^ after.items())
    groups = set(now["purpose_group"]) | set(then["purpose_group"])
    found = set(hidden & groups) | {group for group, count in by_group.items() if count < k}
    shown = sorted(groups - found, key=lambda group: (by_group[group], group))
    while shown and _is_few(sum(by_group[group] for group in found), k):
        found.add(shown.pop(0))
    # an association that changed its group is outside two panels, not outside the whole
    if _is_few(len(before.keys() ^ after.keys()), k):
        found.add(TOTAL)
    return frozenset(found)


def _answered(of: pl.DataFrame, column: str) -> dict[str, str]:
    """Return those that answered, with their purpose group."""
    told = of.select("register_number", "purpose_group").filter(of[column].is_not_null())
    return dict(told.iter_rows())


def _is_few(count: int, k: int) -> bool:
    return 0 < count < k
