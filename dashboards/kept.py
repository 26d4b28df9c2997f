"""What is made of an edition once and shown many times: charts, tables, tiles.

Here belongs: keeping what a function of an edition returned. Not here: what is kept (`evidence`, `tiles`), the editions
themselves (`data`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar, TypeVarTuple

from dashboards.address import carried_on
from dashboards.texts import language

MOST: Final = 256
"""Results that are kept a function, the last asked for: more than the indicators of an edition in three languages."""

Asked = TypeVarTuple("Asked")
Made = TypeVar("Made")


def kept(make: Callable[[*Asked], Made]) -> Callable[[*Asked], Made]:
    """Keep what a function returns, by its arguments, the language, and what links carry on from the address.

    An edition never changes, so what was made of it stays right. The function may follow from nothing else, such as a
    filter of the page, and nobody may change what it returns.
    """

    @lru_cache(maxsize=MOST)
    def remembered(_view: tuple[object, ...], *arguments: *Asked) -> Made:
        return make(*arguments)

    @wraps(make)
    def asked(*arguments: *Asked) -> Made:
        return remembered((language(), *carried_on().items()), *arguments)

    return asked
