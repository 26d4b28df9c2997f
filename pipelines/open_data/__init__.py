"""The open data of an edition: the same rows as files that anybody can use.

Here belongs: the order in which the files are made, one module a format. Not here: which tables are open data and their
words (`data_contracts/open_data.yaml`), publishing (`pipelines.editions`).

Everything is made from the Parquet files that the edition has already written, which hold no restricted column and no
hidden figure; nothing else is read, no clock and no chance, so that the same edition gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from pipelines import contracts
from pipelines.open_data import data_package, dcat, dictionary, grants_360giving, tables_csv
from pipelines.open_data.files import OpenFile, opened
from pipelines.open_data.frames import Frames

PARQUET = "parquet"
"""Folder of the Parquet files, one a table, named after it."""


def table_names() -> frozenset[str]:
    """Return the full names of the tables that are open data."""
    return frozenset(table.name for table in contracts.open_data().tables)


def write(folder: Path) -> None:
    """Write every other file beside the Parquet files.

    Parameters
    ----------
    folder
        Holds `parquet/<schema>.<table>.parquet` for each of `table_names`.
    """
    frames = Frames(folder / PARQUET)
    files: list[OpenFile] = []
    for table in contracts.open_data().tables:
        path = tables_csv.write(folder, table.name, frames[table.name])
        files += [opened(folder, path, table.name), opened(folder, frames.path(table.name), table.name)]
    files += [opened(folder, path) for path in dictionary.write(folder)]
    giving = grants_360giving.write(folder, frames)
    files += [opened(folder, giving)] if giving else []
    data_package.write(folder, frames, files)
    dcat.write(folder, frames, files)
