"""Unfolding a part of a page; what follows is where it stays only after the part has slid open."""

from __future__ import annotations

from playwright.sync_api import Page


def unfold(reader: Page, name: str) -> None:
    """Open a folded part by its name and wait until it stands still: a click on what slides hits something else."""
    reader.get_by_text(name, exact=True).click()
    reader.wait_for_function(
        "() => document.getAnimations().every(one => !one.effect?.target?.closest('details') || one.playState !== 'running')"
    )
