"""The data dictionary names everything that the contracts name."""

from pipelines import contracts
from pipelines.dictionary import dictionary_markdown


def section(title: str) -> list[str]:
    """Return the lines below a heading up to the next one."""
    lines = dictionary_markdown().splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"### {title}"))
    end = next((place for place in range(start + 1, len(lines)) if lines[place].startswith("#")), len(lines))
    return lines[start:end]


def test_every_column_of_every_source() -> None:
    for source in contracts.sources().values():
        rows = section(f"{source.name}:")
        for column in source.columns:
            (row,) = [line for line in rows if line.startswith(f"| `{column.name}` |")]
            assert column.header in row
            assert column.description.replace("|", "\\|") in row


def test_every_column_of_every_table() -> None:
    for table in contracts.tables().values():
        rows = section(table.full_name)
        for column in table.columns:
            (row,) = [line for line in rows if line.startswith(f"| `{column.name}` |")]
            assert column.duckdb_type in row


def test_every_row_has_the_cells_of_its_head() -> None:
    head = 0
    for line in dictionary_markdown().splitlines():
        cells = line.replace("\\|", "").count("|")
        head = 0 if not cells else head or cells
        assert cells == head, line
