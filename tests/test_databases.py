"""Facts in SQL: written twice they are there once, in SQLite and in a PostgreSQL server that the tests start."""

import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from some_facts import FULL, HOSTILE, ODD, THIRD
from typer.testing import CliRunner

from ie.cli import app
from ie.databases import by_document, check_database, write_database
from ie.outputs import write_facts
from ie.rows import CSV_COLUMNS
from ie.schema import Evidence, IEError, MetricFact

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Return the URL of a server of its own, on a free port, that keeps nothing."""
    if not SERVERS:
        pytest.skip("no PostgreSQL server; on Debian: apt-get install postgresql")
    programs = SERVERS[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="ie-postgres-"))
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:  # a server refuses to run as root
        user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
        if user is None:
            pytest.skip("no unprivileged user to run PostgreSQL as")
        shutil.chown(folder, user)
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **as_user}
    initialise = [programs / "initdb", "--pgdata", folder / "data", "--username", "ie", "--auth", "trust", "--no-sync"]
    subprocess.run([*initialise, "--encoding", "UTF8", "--locale", "C"], check=True, timeout=120, **quiet)
    settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([programs / "postgres", "-D", folder / "data", *options], **quiet)
    url = f"postgresql+psycopg://ie:secret@127.0.0.1:{port}/postgres"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=60)
        shutil.rmtree(folder)


def _exists(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            return query(url, "SELECT 1") and None
        except sqlalchemy.exc.OperationalError:
            assert server.poll() is None and time.monotonic() < deadline, "the server does not start"
            time.sleep(0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'facts.db'}"
    server: str = request.getfixturevalue("postgres")
    query(server, "DROP TABLE IF EXISTS facts")
    return server


def query(url: str, sql: str) -> list[dict[str, Any]]:
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sqlalchemy.text(sql))
        return [dict(row) for row in result.mappings()] if result.returns_rows else []


def test_a_fact_is_a_row_with_every_column(url: str) -> None:
    write_facts([FULL, THIRD], url)
    full, third = query(url, "SELECT * FROM facts ORDER BY id")
    assert tuple(full) == CSV_COLUMNS
    assert (full["id"], full["document"], full["program"]) == ("report@12", "report", "واحد صنعتی")
    assert (full["flags"], full["number_start"], full["confidence"]) == ("one;two", 12, 0.94)
    assert str(full["period_start_gregorian"]) == "2021-03-21"
    assert (third["program"], third["change_direction"]) == (None, "down")


def test_values_are_exact_and_can_be_added(url: str) -> None:
    write_facts([FULL, THIRD, ODD], url)
    values = [row["value"] for row in query(url, "SELECT value FROM facts ORDER BY id")]
    assert sorted(Decimal(str(value)) for value in values) == sorted((FULL.value, THIRD.value, ODD.value))
    (total,) = query(url, "SELECT SUM(value) AS total FROM facts WHERE document = 'report'")
    assert Decimal(str(total["total"])) == Decimal("2500000000000.333333") or total["total"] == 2500000000000.333333


def test_writing_twice_changes_nothing(url: str) -> None:
    write_facts([FULL, THIRD], url)
    once = query(url, "SELECT * FROM facts ORDER BY id")
    write_facts([FULL, THIRD], url)
    assert query(url, "SELECT * FROM facts ORDER BY id") == once


def test_a_fact_that_is_read_anew_replaces_the_old_one(url: str) -> None:
    write_facts([FULL, THIRD], url)
    write_facts([replace(FULL, value=Decimal(7), period=None), THIRD, *HOSTILE], url)
    rows = {row["id"]: row for row in query(url, "SELECT * FROM facts")}
    assert len(rows) == 2 + len(HOSTILE)
    assert (rows["report@12"]["value"], rows["report@12"]["period_start"]) == (7, None)


def test_an_id_that_comes_twice_keeps_its_last_fact(url: str) -> None:
    write_facts([FULL, replace(FULL, value=Decimal(8))], url)
    assert [row["value"] for row in query(url, "SELECT value FROM facts")] == [8]


def test_any_text_is_data(url: str) -> None:
    injection = replace(FULL, id="x'); DROP TABLE facts; --", program="'; DELETE FROM facts; --")
    write_facts([ODD, injection, *HOSTILE], url)
    programs = {row["program"] for row in query(url, "SELECT program FROM facts")}
    assert {"'; DELETE FROM facts; --", "<b>نیم</b> \\x00\x0b", "=1+1"} <= programs


def test_a_document_that_is_read_again_keeps_no_fact_that_is_no_longer_found(url: str) -> None:
    other = replace(FULL, id="other@12", document="other")
    write_facts([FULL, THIRD, other], url)
    write_database([("report", [THIRD])], url)
    assert ids(url) == ["other@12", "report@40"]
    write_database([("report", []), ("other", [other])], url)
    assert ids(url) == ["other@12"]


def test_a_document_whose_name_no_store_takes_is_replaced_too(url: str) -> None:
    write_facts([ODD], url)
    write_database([(ODD.document, [])], url)
    assert ids(url) == []


def test_a_document_that_comes_twice_in_a_run_keeps_both_readings(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.databases._BATCH", 1)
    other = replace(FULL, id="other@12", document="other")
    write_facts([FULL, other, THIRD], url)
    assert ids(url) == ["other@12", "report@12", "report@40"]


def test_the_command_takes_away_what_is_no_longer_found(tmp_path: Path) -> None:
    report, target = tmp_path / "report.txt", f"sqlite:///{tmp_path / 'facts.db'}"
    for text, count in (("در سال ۱۴۰۰ تعداد ۲۰ مدرسه ساخته شد.", 1), ("سلام.", 0)):
        report.write_text(text, encoding="utf-8")
        assert CliRunner().invoke(app, ["predict", str(report), "-o", target]).exit_code == 0
        assert len(ids(target)) == count


def ids(url: str) -> list[str]:
    return [row["id"] for row in query(url, "SELECT id FROM facts ORDER BY id")]


def test_each_document_is_whole_or_not_there(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.databases._BATCH", 2)

    def failing() -> Iterator[MetricFact]:
        for document in ("a", "b", "c"):
            for place in range(3):
                if (document, place) == ("b", 2):
                    raise KeyboardInterrupt
                yield made(document, place)

    with pytest.raises(KeyboardInterrupt):
        write_facts(failing(), url)
    assert ids(url) == ["a@0", "a@1", "a@2"]


def made(document: str, place: int) -> MetricFact:
    return MetricFact(f"{document}@{place}", document, None, Decimal(place), Evidence((place, place + 1)))


# -------------------------------------------------------------------------------------------------------------- faults


@contextmanager
def after_inserting(fault: Callable[[Any], None]) -> Iterator[list[int]]:
    """Let something happen after each insertion, before its transaction is committed; yield a list that grows by it."""
    happened: list[int] = []

    def happen(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("INSERT"):
            happened.append(1)
            fault(connection)

    sqlalchemy.event.listen(sqlalchemy.Engine, "after_cursor_execute", happen)
    try:
        yield happened
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "after_cursor_execute", happen)


def drop(connection: Any) -> None:
    """Cut the connection as a network does, without a word."""
    handle = os.dup(connection.connection.dbapi_connection.fileno())
    with socket.socket(fileno=handle) as cut:
        cut.shutdown(socket.SHUT_RDWR)


def end(connection: Any) -> None:
    """Let the server end the session, as it does when it is stopped."""
    (process,) = connection.connection.dbapi_connection.execute("SELECT pg_backend_pid()").fetchone()
    query(str(connection.engine.url.render_as_string(hide_password=False)), f"SELECT pg_terminate_backend({process})")


@pytest.mark.parametrize("fault", [drop, end])
def test_a_connection_that_breaks_while_writing_is_taken_up_again(
    postgres: str, fault: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ie.databases._PAUSES", (0.0, 0.0, 0.0))
    query(postgres, "DROP TABLE IF EXISTS facts")
    write_facts([FULL, THIRD], postgres)
    with after_inserting(lambda connection: fault(connection) if len(happened) < 3 else None) as happened:
        write_database([("report", [replace(THIRD, value=Decimal(3))])], postgres)
    assert len(happened) == 3
    assert [(row["id"], row["value"]) for row in query(postgres, "SELECT id, value FROM facts")] == [("report@40", 3)]
    assert caplog.text.count("trying again") == 2


@pytest.mark.parametrize("fault", [drop, end])
def test_a_connection_that_breaks_for_good_leaves_each_document_as_it_was(
    postgres: str, fault: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ie.databases._PAUSES", (0.0, 0.0))
    monkeypatch.setattr("ie.databases._BATCH", 1)
    query(postgres, "DROP TABLE IF EXISTS facts")
    write_facts([FULL, THIRD], postgres)
    with (
        after_inserting(lambda connection: fault(connection) if len(happened) > 1 else None) as happened,
        pytest.raises(IEError, match="cannot be written: ") as caught,
    ):
        write_database([("first", [made("first", 1)]), ("report", [made("report", 7)])], postgres)
    assert len(happened) == 1 + 3
    assert ids(postgres) == ["first@1", "report@12", "report@40"]
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_run_that_is_killed_leaves_each_document_as_it_was(url: str) -> None:
    write_facts([FULL, THIRD], url)
    code = f"""
import os, signal, sqlalchemy
from decimal import Decimal
from ie.databases import write_database
from ie.schema import Evidence, MetricFact
def die(connection, cursor, statement, *rest):
    if statement.startswith("INSERT"):
        os.kill(os.getpid(), signal.SIGKILL)
sqlalchemy.event.listen(sqlalchemy.Engine, "after_cursor_execute", die)
write_database([("report", [MetricFact("report@7", "report", None, Decimal(7), Evidence((7, 8)))])], {url!r})
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == -signal.SIGKILL
    assert ids(url) == ["report@12", "report@40"]
    write_database([("report", [made("report", 7)])], url)
    assert ids(url) == ["report@7"]


def test_several_runs_may_write_one_database_at_once(url: str) -> None:
    """The table, too, is made by one of them while the others look for it."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            for _ in range(3):
                write_database([("both", [made("both", 1)]), (f"own-{number}", [made(f"own-{number}", 1)])], url, 30)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ids(url) == ["both@1", *(f"own-{number}@1" for number in range(4))]


def test_a_table_of_other_columns_is_named_and_left_alone(url: str) -> None:
    query(url, "CREATE TABLE facts (id TEXT PRIMARY KEY, value INTEGER)")
    with pytest.raises(IEError, match=r"its table 'facts' has no column document, .*rename that table"):
        write_facts([FULL], url)
    assert query(url, "SELECT * FROM facts") == []


def test_a_locked_database_is_one_clear_error_after_a_bounded_wait(tmp_path: Path) -> None:
    path = tmp_path / "facts.db"
    write_facts([FULL], f"sqlite:///{path}")
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    with pytest.raises(IEError, match=r"facts\.db: is locked by another program \(waited 0\.2 s\); close that"):
        write_database(by_document([THIRD]), f"sqlite:///{path}", wait=0.2)
    assert time.monotonic() - started < 5
    other.rollback()
    other.close()
    write_database(by_document([THIRD]), f"sqlite:///{path}", wait=0.2)


def test_a_locked_table_of_a_server_is_one_clear_error(postgres: str) -> None:
    query(postgres, "DROP TABLE IF EXISTS facts")
    write_facts([FULL], postgres)
    engine = sqlalchemy.create_engine(postgres, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("LOCK TABLE facts IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(IEError, match="is locked by another program") as caught:
            write_database(by_document([THIRD]), postgres, wait=0.3)
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_one_line_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(IEError, match="cannot be written") as caught:
        write_database(by_document([FULL]), f"postgresql://ie:secret@127.0.0.1:{port}/facts", wait=2)
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_that_is_missing_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(IEError, match="unable to open database file"):
        write_facts([FULL], f"sqlite:///{tmp_path}/missing/facts.db")


def test_a_full_disk_is_one_line_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = f"sqlite:///{tmp_path}/facts.db"
    write_facts([FULL], target)

    @sqlalchemy.event.listens_for(sqlalchemy.Engine, "connect")
    def shrink(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 8")

    try:
        many = (replace(FULL, id=f"r@{place}", program="و" * 1000) for place in range(100))
        with pytest.raises(IEError, match=r"facts\.db: cannot be written: .*disk is full"):
            write_facts(many, target)
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "connect", shrink)
    assert [row["id"] for row in query(target, "SELECT id FROM facts")] == ["report@12"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("mysql://host/db", "cannot write to a database of 'mysql'; expected sqlite:///facts.db or postgresql"),
        ("https://host/facts.csv", "cannot write to a database of 'https'"),
        ("postgresql+asyncpg://host/db", "cannot write with the driver"),
        ("sqlite://", "names no file"),
        ("sqlite://facts.db", "expected three slashes"),
        ("postgresql://host:port/db", "cannot be read"),
    ],
)
def test_a_url_that_is_not_written_to_says_what_is(target: str, words: str) -> None:
    with pytest.raises(IEError, match=words):
        check_database(target)


def test_without_the_extra_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ie.extras.find_spec", lambda name: None)
    with pytest.raises(IEError, match=r"SQL needs sqlalchemy; install it with: pip install 'ie-fa\[sql\]'"):
        check_database("sqlite:///facts.db")


def test_days_are_days_in_a_server(postgres: str) -> None:
    query(postgres, "DROP TABLE IF EXISTS facts")
    write_facts([FULL], postgres)
    (row,) = query(postgres, "SELECT period_end_gregorian AS day, pg_typeof(value)::text AS kind FROM facts")
    assert row == {"day": date(2022, 3, 20), "kind": "numeric"}
