"""The check digit of the Y-tunnus, by invented numbers and by the rule that one wrong digit always shows."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.check_digit import check_digit, has_valid_check_digit

SEVEN_DIGITS = st.from_regex(r"\A[0-9]{7}\Z")


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("9123457", 3),  # 9*7 + 1*9 + 2*10 + 3*5 + 4*8 + 5*4 + 7*2 = 173 = 15*11 + 8; 11 - 8
        ("0000000", 0),  # the rest 0 gives 0, not 11
        ("9000003", 8),  # 9*7 + 3*2 = 69 = 6*11 + 3; 11 - 3
        ("0000006", None),  # 6*2 = 12 = 11 + 1: no Y-tunnus begins so
    ],
)
def test_the_digit_is_what_the_rule_gives_by_hand(digits: str, expected: int | None) -> None:
    assert check_digit(digits) == expected


@pytest.mark.parametrize("length", [6, 8])
def test_other_than_seven_digits_is_a_fault_of_the_caller(length: int) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        check_digit("1" * length)


@given(SEVEN_DIGITS)
def test_exactly_one_digit_is_right_or_none(digits: str) -> None:
    right = [last for last in range(10) if has_valid_check_digit(f"{digits}-{last}")]
    digit = check_digit(digits)
    assert right == ([] if digit is None else [digit])


@given(SEVEN_DIGITS, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_never_passes(digits: str, place: int, shift: int) -> None:
    right = check_digit(digits)
    assume(right is not None)
    wrong = str((int(digits[place]) + shift) % 10)
    assert not has_valid_check_digit(f"{digits[:place]}{wrong}{digits[place + 1 :]}-{right}")
