"""The check digit of the Finnish business identity code (Y-tunnus)."""

from __future__ import annotations

from functools import lru_cache

WEIGHTS = (7, 9, 10, 5, 8, 4, 2)


def check_digit(digits: str) -> int | None:
    """Return the check digit of seven digits, or None where no Y-tunnus begins so.

    Method: weighted sum modulo 11; 0 gives 0, 1 is never issued, else 11 minus the rest (Finnish Tax Administration and
    Patent and Registration Office, structure of the business identity code).
    """
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    if rest == 1:
        return None
    return 0 if rest == 0 else 11 - rest


@lru_cache(maxsize=100_000)
def has_valid_check_digit(business_id: str) -> bool:
    """Tell whether a Y-tunnus of the form `1234567-8` has the right check digit."""
    return check_digit(business_id[:7]) == int(business_id[8])
