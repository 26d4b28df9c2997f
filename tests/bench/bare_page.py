"""A Streamlit app with one element, to measure what a load costs before the first line of the dashboards' own.

`python tests/bench/bare_page.py WORKSPACE PORT`; the workspace is not looked at. It has the dashboards' server and those
of their settings that cost or save time, and nothing else of theirs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
import uvicorn
from streamlit import config

SETTINGS = {"runner.postScriptGC": False, "runner.magicEnabled": False, "server.fileWatcherType": "none"}
SETTINGS |= {"browser.gatherUsageStats": False, "logger.hideWelcomeMessage": True, "logger.level": "warning"}

if __name__ == "__main__":
    app = st.App(Path(__file__).parent / "one_element" / "page.py")
    for name, value in SETTINGS.items():
        config.set_option(name, value)
    uvicorn.run(app, port=int(sys.argv[2]), ws="websockets-sansio", access_log=False, log_level="warning")
