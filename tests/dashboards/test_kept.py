"""What is made of an edition is made once, but never shown in another language."""

from __future__ import annotations

from dashboards.kept import kept
from dashboards.texts import language, speaking


def test_a_result_is_kept_by_its_arguments_and_the_language() -> None:
    made: list[tuple[str, str]] = []

    @kept
    def title(of: str) -> str:
        made.append((of, language()))
        return f"{of} {language()}"

    for spoken in ("fi", "sv", "fi"):
        with speaking(spoken):
            assert title("a") == f"a {spoken}"
            assert title("b") == f"b {spoken}"
    assert made == [("a", "fi"), ("b", "fi"), ("a", "sv"), ("b", "sv")]
