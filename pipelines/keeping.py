"""Which tables of the build database a refresh can leave as they are.

Here belongs: telling whether a table would become what it is already. Not here: making it (`pipelines.receiving`,
`pipelines.rooms`), the order of the work (`pipelines.refresh`).

A table stays when its recipe is the same: the program, the libraries, the contracts, the settings, what people
decided, the content of each table that it is made of, and for the tables that look at more than tables what they look
at. A table that was made anew and came out the same leaves what is made of it as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.metadata import requires, version

from pipelines import contracts, editions, landing, quality, receiving
from pipelines.build import Build, Made
from pipelines.rooms import FIGURES, edition_id, hidden_groups
from warehouse import contents
from warehouse.models import models

ALWAYS = frozenset({"meta.edition", "meta.revisions", "core.proposals"})
"""Tables that are made by every refresh: they tell of the edition, or write more than their rows."""

EDITION_ID = "edition_id"
"""The column of `meta.edition` that is another in every edition; only the table of the indicator values shows it."""

ONLY_WHAT_IS_HIDDEN = frozenset({"marts.return_estimates", "marts.return_changes", "marts.term_panels"})
"""Tables that ask the figures for nothing but the groups that are hidden."""


def recipe(build: Build, table: str, parts: AbstractSet[str]) -> str | None:
    """Return the digest of all that a table would be made by and of now; None when it is to be made in any case.

    Parameters
    ----------
    parts
        The tables that it is made of, by full name; they have been made.
    """
    if table in ALWAYS:
        return None
    told = {_told_of(part) for part in parts if _reads_quality(table) and part.startswith("staging.")}
    whole = parts - {FIGURES} if table in ONLY_WHAT_IS_HIDDEN else parts
    known = [build.made.get(part) for part in sorted(whole | told)]
    contents = [made.content for made in known if made is not None and made.content]
    if len(contents) < len(known):
        return None
    return _digest(table, editions.recipe_of(build.workspace), libraries(), *contents, *_beside(build, table))


def stays(build: Build, table: str, recipe: str | None) -> bool:
    """Tell whether a table with this recipe would become what it is already."""
    made = build.made.get(table)
    return made is not None and recipe is not None and made.recipe == _sized(build, table, recipe, made.rows)


def note(build: Build, table: str, recipe: str | None, rows: int, *, is_part: bool) -> None:
    """Note what a table was made by and of; of one that others are made of (`is_part`) its content too."""
    without = EDITION_ID if table == "meta.edition" else ""
    content = contents.digest(build.connection, table, without=without) if is_part else ""
    noted = "" if recipe is None else _sized(build, table, recipe, rows)
    build.made[table] = Made(noted, content, rows)
    room, _, source = table.partition(".")
    if room == "staging":
        told = [contents.digest(build.connection, f"quality.{part}", {"source": source}) for part in receiving.TOLD]
        build.made[_told_of(table)] = Made("", _digest(*told), 0)


@cache
def libraries() -> str:
    """Return the versions of the libraries that the program names; another version may reckon otherwise."""
    always = [line for line in requires("yhteispeli") or () if "extra ==" not in line]
    names = sorted(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in always)
    return " ".join(f"{name} {version(name)}" for name in names)


def _told_of(staged: str) -> str:
    """Return the name under which it is known what staging told of a source beside its rows."""
    return f"quality of {staged}"


def _reads_quality(table: str) -> bool:
    model = models().get(table)
    return model is not None and any(read.startswith("quality.") for read in model.reads)


def _sized(build: Build, table: str, recipe: str, rows: int) -> str:
    """Add to a recipe whether so many rows pass the rules that hold a source against the edition before."""
    room, _, source = table.partition(".")
    if room != "staging":
        return recipe
    before = editions.rows_before(build.workspace, source)
    passes = all(rows >= quality.least_rows(rule, before) for rule in contracts.sources()[source].rules)
    return f"{recipe} {passes}"


def _beside(build: Build, table: str) -> list[str]:
    """Return what a table looks at beside other tables and what people decided."""
    workspace = build.workspace
    room, _, source = table.partition(".")
    if room in {"raw", "staging"}:
        in_force = landing.files_in_force(workspace, source)
        seen = [repr((file, landing.is_kept(workspace, file))) for file in in_force]
        seen += map(repr, landing.superseded_files(workspace, source))
        return [*seen, repr(sorted(landing.refusals(workspace, source).items()))]
    if table == FIGURES:
        return [repr(sorted(editions.hidden_before(workspace).items()))]
    if table in ONLY_WHAT_IS_HIDDEN:
        return [repr(sorted((key, sorted(groups)) for key, groups in hidden_groups(build).items()))]
    if table == editions.MASKED_TABLE:
        return [editions.current_id(workspace) or "", edition_id(build)]
    return []


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
