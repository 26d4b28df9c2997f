"""Opening a list of choices on a page that may still be drawing its charts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


def open_list(reader: Page, name: str) -> None:
    """Open a list by the keyboard; a page that is drawn anew, as after a download or by its charts, closes a list."""
    for _ in range(5):
        reader.get_by_role("combobox", name=name).focus()
        reader.keyboard.press("ArrowDown")
        reader.wait_for_timeout(1000)
        if reader.locator("[role=listbox]").is_visible():
            return
    pytest.fail(f"the keyboard does not open the list {name}")
