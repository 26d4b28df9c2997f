"""The commands of those who keep the service: `yhteispeli serve | status | publish | verify | backup | restore`.

Here belongs: their arguments, exit codes and printing. Not here: the work behind them, the other commands
(`pipelines.cli`).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from cyclopts import Parameter

from pipelines import console
from pipelines.service.parts import Part, environment
from pipelines.settings import WorkspaceError
from pipelines.workspace import Workspace

OK, NOT_WHOLE = 0, 1


def serve(
    workspace: Path,
    *,
    port: int = 8501,
    host: str = "127.0.0.1",
    dagster_port: int = 3000,
    status_port: int = 8503,
    only_dashboards: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Serve the dashboards of a workspace, and run its schedules unless only the dashboards are asked for."""
    from pipelines.service import parts
    from pipelines.service.supervisor import Supervisor

    opened = Workspace(workspace.resolve())
    own = [] if only_dashboards else [(parts.LOOPBACK, dagster_port), (parts.LOOPBACK, status_port)]
    wanted = [(host, port), *own]
    taken = [number for where, number in wanted if not parts.is_free(where, number)]
    if taken:
        raise WorkspaceError(console.text("cli.serve.port_taken", port=taken[0]))
    shown = parts.dashboards(opened, host, port)
    if only_dashboards:
        return _become(shown, opened, f"http://{host}:{port}")
    _ = opened.settings
    opened.make_folders()
    console.out.print(console.text("cli.serving", address=f"http://{host}:{port}"))
    console.out.print(console.text("cli.serving.dagster", address=f"http://{parts.LOOPBACK}:{dagster_port}"))
    console.out.print(console.text("cli.serving.status", address=f"http://{parts.LOOPBACK}:{status_port}/metrics"))
    watched = parts.status(opened, status_port)
    Supervisor(opened, [*parts.schedules(opened, dagster_port), shown, watched]).run()
    return OK


def _become(part: Part, workspace: Workspace, address: str) -> NoReturn:
    """Turn this process into the dashboards: it may lack the right to read or write anything but the public files."""
    file = workspace.settings_file
    if not file.exists() or os.access(file, os.R_OK):
        _ = workspace.settings
    console.out.print(console.text("cli.serving", address=address))
    os.execve(part.command[0], part.command, dict(environment(workspace)))  # noqa: S606 - our own program, no shell


def status(
    workspace: Path,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    as_prometheus: Annotated[bool, Parameter(name="--prometheus", negative=())] = False,
    lang: Literal["fi", "sv", "en"] = console.LANGUAGE,
) -> int:
    """Tell how a workspace stands; the exit code is for monitoring."""
    from pipelines.service import status_forms
    from pipelines.service.status import status_of

    found = status_of(Workspace(workspace))
    if as_prometheus:
        sys.stdout.write(status_forms.prometheus(found))
    elif as_json:
        sys.stdout.write(json.dumps(status_forms.as_json(found, lang), ensure_ascii=False, indent=2) + "\n")
    else:
        for line in status_forms.screen(found, str(workspace), lang):
            console.out.print(line)
    return status_forms.EXIT_CODES[found.level]


def publish(workspace: Path, *, to: str, files: Path) -> int:
    """Lay the edition in force into a DuckLake; `files` is the folder of its Parquet files."""
    from pipelines import lake

    published = lake.publish(Workspace(workspace), to, files)
    key = "publish.done" if published.is_new else "publish.unchanged"
    console.out.print(console.text(key, edition=published.id, address=to), markup=False)
    return OK


def verify(workspace: Path) -> int:
    """Hold landing and editions against their hashes."""
    from pipelines.service.backups import faults

    opened = Workspace(workspace)
    _ = opened.settings
    found = faults(opened)
    for fault in found:
        console.out.print(fault[console.LANGUAGE])
    if not found:
        console.out.print(console.text("verify.whole"))
    return NOT_WHOLE if found else OK


def backup(workspace: Path, file: Path) -> int:
    """Write a workspace into one archive."""
    from pipelines.service.backups import back_up

    opened = Workspace(workspace)
    _ = opened.settings
    console.out.print(console.text("backup.done", path=file, count=back_up(opened, file)))
    return OK


def restore(file: Path, workspace: Path) -> int:
    """Make a workspace of a backup."""
    from pipelines.service.backups import restore as lay_out

    console.out.print(console.text("restore.done", path=workspace, count=lay_out(file, Workspace(workspace))))
    return OK
