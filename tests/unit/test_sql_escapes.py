"""Questions that try to read a file, to write, or to stop the server: none of them does, and each gets its answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import duckdb
import pytest
import yaml

from warehouse import questions
from warehouse.question_process import MOST_ROWS, Unanswered
from warehouse.questions import Answer, ask

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "sql_escapes.yaml").read_text(encoding="utf-8")
)
CANARY = "salaisuus-jota-kukaan-ei-nae"
ANSWERED = "answered"
SHORT = 1  # seconds for what would never end by itself


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analysts' file of an edition, among files that nobody may read through it."""
    folder = tmp_path_factory.mktemp("edition")
    with duckdb.connect(str(folder / "analyst.duckdb")) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TABLE core.associations AS SELECT '1' AS register_number, 'Kuvitelma ry' AS name")
        connection.execute(f"COPY (SELECT '{CANARY}' AS told) TO '{folder}/canary.csv'")
        connection.execute(f"COPY (SELECT '{CANARY}' AS told) TO '{folder}/canary.json'")
        connection.execute(f"COPY (SELECT '{CANARY}' AS told) TO '{folder}/canary.parquet'")
    with duckdb.connect(str(folder / "canary.db")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT '{CANARY}' AS told")
    return folder / "analyst.duckdb"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*")}


def outcome_of(file: Path, sql: str) -> tuple[str, Answer | str]:
    try:
        answer = ask(file, sql)
    except Unanswered as unanswered:
        return unanswered.fault, unanswered.detail
    return ANSWERED, answer


def test_there_are_at_least_sixty_attempts_and_none_twice() -> None:
    assert len(CASES) >= 60
    assert len({case["sql"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sql"][:60].encode("ascii", "replace").decode())
def test_no_question_reads_a_file_writes_or_stops_the_server(
    case: dict[str, Any], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = case["outcome"] if isinstance(case["outcome"], list) else [case["outcome"]]
    if "time" in expected:
        monkeypatch.setattr(questions, "SECONDS", SHORT)
    before = contents(file.parent)
    sql = case["sql"].replace("{folder}", str(file.parent)).replace("{file}", str(file))
    outcome, told = outcome_of(file, sql)
    assert outcome in expected, (outcome, told)
    if isinstance(told, Answer):
        assert told.rows == case["rows"]
        assert CANARY not in str(told.frame.rows())
    else:
        assert CANARY not in told
    assert contents(file.parent) == before


def test_the_server_answers_the_next_question(file: Path) -> None:
    answer = ask(file, "SELECT name FROM core.associations")
    assert answer.frame.rows() == [("Kuvitelma ry",)]
    assert answer.is_whole


def test_the_kernel_refuses_what_duckdb_would_let_through(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were external access left open in DuckDB, the process could still open no file."""
    program = Path(questions.__file__).parent
    opened = (program / "question_process.py").read_text(encoding="utf-8")
    leaky = opened.replace('connection = open_confined(Path(asked["file"]), MEMORY)', "connection = duckdb.connect()")
    assert leaky != opened
    folder = file.parents[1] / "leaky" / "warehouse"
    folder.mkdir(parents=True)
    for name in ("__init__.py", "database.py"):
        (folder / name).write_text((program / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "question_process.py").write_text(leaky, encoding="utf-8")
    monkeypatch.setattr(questions, "_PROGRAM", folder.parent)
    for sql in (f"FROM read_csv('{file.parent}/canary.csv')", f"FROM read_text('{file.parent}/canary.csv')"):
        outcome, told = outcome_of(file, sql)
        assert outcome == "forbidden", (outcome, told)


def test_a_long_answer_is_cut_and_says_so(file: Path) -> None:
    whole = ask(file, f"FROM range({MOST_ROWS})")
    cut = ask(file, f"FROM range({MOST_ROWS + 1})")
    assert (whole.rows, whole.is_whole) == (MOST_ROWS, True)
    assert (cut.rows, cut.is_whole) == (MOST_ROWS, False)
    assert cut.frame["range"].to_list() == list(range(MOST_ROWS))


def test_columns_keep_their_types_or_are_text(file: Path) -> None:
    answer = ask(
        file, "SELECT 1 AS a, sum(2) AS A, DATE '2024-12-31' AS day, [1, 2] AS list, 1.50 AS eur, NULL AS nothing"
    )
    assert answer.types[:5] == ("INTEGER", "HUGEINT", "DATE", "INTEGER[]", "DECIMAL(3,2)")
    assert [str(value) for value in answer.frame.row(0)] == ["1", "2", "2024-12-31", "[1, 2]", "1.50", "None"]
    assert answer.frame.columns == ["a", "A_1", "day", "list", "eur", "nothing"]


def test_an_overlong_question_is_not_even_read(file: Path) -> None:
    assert outcome_of(file, "SELECT 1" + " " * questions.LONGEST)[0] == "too_large"


def test_when_all_places_are_taken_one_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SECONDS", 0)
    free = Event()
    taken = [questions._answering.submit(free.wait) for _ in range(questions.AT_ONCE)]
    try:
        assert outcome_of(file, "SELECT 1")[0] == "busy"
    finally:
        free.set()
    wait(taken)


def test_whoever_asks_first_is_answered_first(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One place is free, so that the order in which the questions come to it is the order of the answers."""
    free, end = Event(), Event()
    answered: list[str] = []

    def noted(question: dict[str, str]) -> bytes:
        answered.append(question["sql"])
        return b'{"fault": null, "rows": 0, "is_whole": true, "types": []}\n'

    monkeypatch.setattr(questions, "_run", noted)
    taken = [questions._answering.submit(end.wait) for _ in range(questions.AT_ONCE - 1)]
    taken.append(questions._answering.submit(free.wait))
    asked = [f"SELECT {number}" for number in range(10)]
    with ThreadPoolExecutor(len(asked)) as analysts:
        waiting = []
        for number, sql in enumerate(asked):
            waiting.append(analysts.submit(ask, file, sql))
            while questions._answering._work_queue.qsize() <= number:
                sleep(0.001)
        free.set()
        wait(waiting)
    end.set()
    wait(taken)
    assert answered == asked
