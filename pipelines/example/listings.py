"""Listings of the invented town's associations in directories.

Here belongs: who is listed and when each listing was updated. Not here: how the files spell it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipelines.example import names
from pipelines.example.spelling import spelled
from pipelines.example.town import Association, Listing, Named, end_of

LIST_YEARS = range(2019, 2026)
_LISTED = {"yhes": 110, "lahella": 38}
_UPDATED_IN_THE_YEAR = 0.6


def make_listings(rng: random.Random, lively: Sequence[Association]) -> Iterator[Listing]:
    """Yield the lists of every year: some listings were updated in the year, others are as they were."""
    for directory, count in _LISTED.items():
        listed = rng.sample(lively, count)
        updated = {one.register_number: date(2018, 1, 1) + timedelta(days=rng.randint(0, 720)) for one in listed}
        for year in LIST_YEARS:
            for association in listed:
                day = date(year, rng.randint(1, 12), rng.randint(1, 28))
                if rng.random() < _UPDATED_IN_THE_YEAR:
                    updated[association.register_number] = day
                if association.is_registered_on(end_of(year)):
                    written, business_id = spelled(rng, association, end_of(year), without_id=0.25, keeps_ending=False)
                    named = Named(association.register_number, written, business_id)
                    yield Listing(year, directory, named, updated[association.register_number])
            yield Listing(year, directory, Named(None, names.UNREGISTERED_GROUPS[1]), date(year, 5, 5))
