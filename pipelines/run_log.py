"""The history of Dagster that a workspace keeps, and a log of runs that costs a refresh little.

Here belongs: opening that history. Not here: running a refresh (`pipelines.run`), what the history tells
(`pipelines.service.history`).

A refresh tells Dagster some 800 events. Its own log in SQLite opens the file anew for each, asks it for its columns and
waits for the disk: together that took longer than the tables of a small town. The files are the same ones, so the
pages of Dagster and its daemon read what was written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData

from pipelines.workspace import Workspace

_OWN_STORAGE = {"storage", "event_log_storage"}
"""Keys of `dagster.yaml` by which an operator chooses where the history lies, such as in Postgres."""


@contextmanager
def open_history(workspace: Workspace) -> Iterator[dg.DagsterInstance]:
    """Open the Dagster instance of a workspace, where `dagster.yaml` puts it."""
    home = str(workspace.dagster_home)
    chosen = yaml.safe_load((workspace.dagster_home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    ref = InstanceRef.from_dir(home)
    events = ref.event_storage_data
    if not _OWN_STORAGE & chosen.keys() and events is not None:
        kept_open = {"module": __name__, "class": RunLog.__name__, "config": yaml.safe_load(events.config_yaml)}
        ref = InstanceRef.from_dir(home, overrides={"event_log_storage": kept_open})
    with dg.DagsterInstance.from_ref(ref) as instance:
        yield instance


class RunLog(SqliteEventLogStorage):
    """Dagster's log of runs in SQLite, with connections that stay open and answers that don't change kept.

    A commit does not wait for the disk (`synchronous = OFF`): after a power failure the history may lack its last
    seconds, which no figure rests on; a process that is killed loses nothing.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._open: dict[str, Any] = {}
        self._is_there: dict[str, bool] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Make the log as Dagster asks for it."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Any]:
        if shard not in self._open:
            with super()._connect(shard):
                pass  # makes the file when it is missing
        with self._db_lock:
            connection = self._open.get(shard) or self._opened(shard)
            with connection.begin():
                yield connection

    def _opened(self, shard: str) -> Any:
        # the lock of `_connect` lets one thread in at a time
        waits = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
        engine = create_engine(self.conn_string_for_shard(shard), connect_args=waits)
        connection = self._open[shard] = engine.connect()
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.commit()
        return connection

    def has_table(self, table_name: str) -> bool:
        """Tell whether a table is there; once it is, it stays."""
        return self._remembered(f"table {table_name}", lambda: super(RunLog, self).has_table(table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Tell whether an index is there; once it is, it stays."""
        return self._remembered(f"index {name}", lambda: super(RunLog, self).has_secondary_index(name))

    def _has_asset_key_col_on_connection(self, conn: Any, column_name: str) -> bool:
        return self._remembered(
            f"column {column_name}", lambda: super(RunLog, self)._has_asset_key_col_on_connection(conn, column_name)
        )

    def _remembered(self, what: str, look: Callable[[], bool]) -> bool:
        if not self._is_there.get(what):
            self._is_there[what] = look()
        return self._is_there[what]

    def dispose(self) -> None:
        """Close the files."""
        with self._db_lock:
            for connection in self._open.values():
                connection.close()
                connection.engine.dispose()
            self._open.clear()
        super().dispose()
