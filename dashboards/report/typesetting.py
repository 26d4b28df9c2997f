"""Typst in a process of its own: what it keeps of each document, some 60 MB, ends with the process.

Here belongs: handing a template and its texts over, and the program of that process, which imports nothing of the
dashboards. Not here: what is set (`as_pdf`). Fonts are Source Sans from its package and those of Typst, none of the
machine's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst


def typeset(template: Path, told: object, **options: object) -> list[bytes]:
    """Set a template in another process.

    Parameters
    ----------
    template
        File of the template; it finds `told` as JSON in `sys.inputs.document`.
    told
        What the template tells.
    **options
        As `typst.compile` takes them: format, standards, timestamp.

    Returns
    -------
    list of bytes
        The document, or one picture a page.

    Raises
    ------
    subprocess.CalledProcessError
        The template can't be set; its error stands in the log.
    """
    order = {"input": str(template), "sys_inputs": {"document": json.dumps(told, ensure_ascii=False)}, **options}
    made = subprocess.run(  # noqa: S603 - a file of this program; texts go through its input
        [sys.executable, "-I", str(Path(__file__))],
        input=json.dumps(order).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return [b64decode(part) for part in json.loads(made.stdout)]


def _set(order: dict[str, Any]) -> list[bytes]:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(files("font_source_sans_pro") / "files")])
    made = typst.compile(font_paths=fonts, **order)
    return [bytes(part) for part in made] if isinstance(made, list) else [bytes(made)]


if __name__ == "__main__":
    json.dump([b64encode(part).decode() for part in _set(json.load(sys.stdin))], sys.stdout)
