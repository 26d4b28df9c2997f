"""How the command line speaks: its language, where it prints, how it writes numbers.

Here belongs: what all commands share. Not here: the sentences (`data_contracts/messages.yaml`), the commands (`cli`).
"""

from __future__ import annotations

from typing import Final

from rich.console import Console

from pipelines.contracts import message

LANGUAGE: Final = "fi"

out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def text(key: str, **values: object) -> str:
    """Return a message in the language of the command line, its placeholders filled."""
    return message(key, **values)[LANGUAGE]


def number(value: object) -> str:
    """Write a count or a sum of euros as Finnish does: no-break spaces, decimal comma."""
    return f"{value:,}".replace(",", "\u00a0").replace(".", ",")
