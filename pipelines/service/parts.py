"""The parts of the service: one process each, with its command and how much memory it may take.

Here belongs: commands, environment and limits. Not here: starting and watching them (`supervisor`).
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from pipelines.workspace import Workspace

LOOPBACK: Final = "127.0.0.1"
DEFINITIONS: Final = "pipelines.definitions"

_MIB: Final = 1024 * 1024
_LOG: Final = ("--log-level", "warning")


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the service.

    `memory_bytes` is what it and its children may hold together; one that holds more is started anew. The limits lie at
    some three times of what the parts were measured to take, so that they stop a leak and not a busy day. Parts after
    one that `answers_on` a port of this host wait until it answers there.
    """

    name: str
    command: tuple[str, ...]
    memory_bytes: int
    answers_on: int | None = None


def dashboards(workspace: Workspace, host: str, port: int) -> Part:
    """Return the part that people see."""
    command = (sys.executable, "-m", "dashboards.serving", str(workspace.root), host, str(port))
    return Part("dashboards", command, 2048 * _MIB)


def status(workspace: Workspace, port: int) -> Part:
    """Return the part that tells monitoring how the workspace stands, on loopback."""
    command = (sys.executable, "-m", "pipelines.service.endpoint", str(workspace.root), str(port))
    return Part("status", command, 1024 * _MIB)


def schedules(workspace: Workspace, dagster_port: int) -> list[Part]:
    """Return the parts that refresh by themselves: the definitions, the daemon, and Dagster's pages on loopback.

    The daemon and the pages ask one server for the definitions, which saves a process of some 250 MB for each, and wait
    for it: it makes the files of Dagster's storage, which two processes at once can't do. Dagster's pages have no
    login, so they never listen beyond this host.
    """
    code_port = free_port()
    targets = workspace.dagster_home / "workspace.yaml"
    server = {"host": LOOPBACK, "port": code_port, "location_name": "yhteispeli"}
    targets.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    definitions = _tool("dagster", "api", "grpc", "-m", DEFINITIONS, "-h", LOOPBACK, "-p", str(code_port), *_LOG)
    daemon = _tool("dagster-daemon", "run", "-w", str(targets), *_LOG)
    pages = _tool("dagster-webserver", "-w", str(targets), "-h", LOOPBACK, "-p", str(dagster_port), *_LOG)
    return [
        Part("definitions", definitions, 4096 * _MIB, answers_on=code_port),
        Part("daemon", daemon, 1024 * _MIB),
        Part("dagster pages", pages, 1024 * _MIB),
    ]


def environment(workspace: Workspace) -> Mapping[str, str]:
    """Return the environment of every part."""
    return {
        **os.environ,
        "YHTEISPELI_WORKSPACE": str(workspace.root),
        "DAGSTER_HOME": str(workspace.dagster_home),
        "PYTHONUNBUFFERED": "1",
    }


def free_port() -> int:
    """Return a port of this host that nothing listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Tell whether something listens on a port of this host."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_free(host: str, port: int) -> bool:
    """Tell whether a server can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).parent / name), *arguments)
