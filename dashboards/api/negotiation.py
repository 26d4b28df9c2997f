"""What a client would like: format and language, from the headers of its request (RFC 9110, section 12.5).

Here belongs: choosing among what there is. Not here: writing the answer (`answers`).
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers

from dashboards.texts import DEFAULT, LANGUAGES, Language


def language(headers: Headers) -> Language:
    """Return the language that is liked best; Finnish when none of ours is named."""
    liked = _weighed(headers.get("accept-language", ""))
    weights = {name: max((weight for tag, weight in liked if _speaks(tag, name)), default=0.0) for name in LANGUAGES}
    best = max(LANGUAGES, key=lambda name: weights[name])
    return best if weights[best] > 0 else DEFAULT


def media_type(headers: Headers, offered: Sequence[str]) -> str | None:
    """Return the type that is liked best, the first offered among equals; None when none is taken."""
    liked = _weighed(headers.get("accept", "")) or [("*/*", 1.0)]
    weights = {name: _weight(name, liked) for name in offered}
    best = max(offered, key=lambda name: weights[name])
    return best if weights[best] > 0 else None


def _weight(name: str, liked: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the most exact range that a type falls into."""
    group = name.partition("/")[0]
    for pattern in (name, f"{group}/*", "*/*"):
        found = [weight for told, weight in liked if told == pattern]
        if found:
            return max(found)
    return 0.0


def _speaks(tag: str, name: str) -> bool:
    return tag == name or tag.startswith(f"{name}-")


def _weighed(header: str) -> list[tuple[str, float]]:
    """Split `a;q=0.5, b` into its items and their weights; a weight that is no number counts nothing."""
    weighed = []
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        told = next((value for key, _, value in (part.partition("=") for part in parameters) if key == "q"), "1")
        if name:
            weighed.append((name, float(told) if told.replace(".", "", 1).isdecimal() else 0.0))
    return weighed
