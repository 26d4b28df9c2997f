"""The mark of the dashboards as pictures that come with the page: read once, not in every run of a page.

Here belongs: icon and logo as addresses. Not here: small pictures of figures (`pictures`).
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent / "static"

ICON: Final = f"data:image/png;base64,{b64encode((_STATIC / 'icon.png').read_bytes()).decode()}"
LOGO: Final = f"data:image/svg+xml;base64,{b64encode((_STATIC / 'logo.svg').read_bytes()).decode()}"
