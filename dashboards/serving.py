"""Starting the dashboards' server.

Here belongs: serving one workspace in this process. Not here: what is served (`asgi`, `app`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import uvicorn
from streamlit import config

from dashboards.data import WORKSPACE_VARIABLE

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8501
LOGIN_FILE: Final = "secrets.toml"
"""File of the workspace with the OIDC client of Streamlit's login; without it the pages with roles are closed."""


def serve(workspace_root: Path, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT) -> None:
    """Serve the dashboards of a workspace until the process is stopped.

    Parameters
    ----------
    workspace_root
        Folder of the municipality; it may still be without an edition.
    host, port
        Where to listen; loopback by default.

    Raises
    ------
    SystemExit
        The address is in use.
    """
    root = workspace_root.resolve()
    os.environ[WORKSPACE_VARIABLE] = str(root)
    from dashboards.asgi import app

    login = root / LOGIN_FILE
    is_kept_from_us = login.exists() and not os.access(login, os.R_OK)  # this process is for the public pages alone
    # after the import: that is when the settings are read
    config.set_option("secrets.files", [] if is_kept_from_us else [str(login)])
    uvicorn.run(app, host=host, port=port, ws="websockets-sansio", access_log=False, log_level="warning")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
