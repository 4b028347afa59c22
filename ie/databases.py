"""Facts in the table ``facts`` of an SQL database that a SQLAlchemy URL names: SQLite or PostgreSQL.

The facts of a document replace those of an earlier reading of it, so that writing twice changes nothing and no fact is
left that is no longer found. A transaction holds whole documents: whatever happens, a document is as it was or as it is
now read. A lost connection is taken up again and its transaction repeated. After an error whole documents stand, and
the same command goes on from there. Values are exact: NUMERIC in PostgreSQL; whole and floating numbers in SQLite, and
text where those would lose a digit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ie.extras import require
from ie.rows import COLUMNS, ColumnType, storable, typed_row
from ie.schema import IEError, MetricFact

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Table
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.types import TypeDecorator

__all__ = ["WAIT", "Reading", "by_document", "check_database", "is_database", "write_database"]

logger = logging.getLogger(__name__)

Reading = tuple[str, Sequence[MetricFact]]
"""The id of a document and all its facts."""

WAIT = 10  # seconds for a server that does not answer, or a table that another program has locked
_BATCH = 500  # facts, or documents, of a transaction
_PAUSES = (0.2, 1.0, 3.0, 9.0)  # seconds before a transaction is tried again: a server starts anew in less
_EXPECTED = "expected sqlite:///facts.db or postgresql+psycopg://user@host/database"
_SCHEMES = ("sqlite", "postgresql", "postgres")
_SQLITE_WHOLE = 2**63
_LOCKED = ("locked", "lock timeout", "LockNotAvailable")
# a server that ends or begins, a deadlock, and a table that another has just made: what holds is known at the next try
_PASSING = ("08", "57P", "40001", "40P01", "42P07", "23505")


def is_database(target: str) -> bool:
    """Tell whether the name of an output is a database's.

    >>> is_database("sqlite:///facts.db"), is_database("facts.csv")
    (True, False)
    """
    return "://" in target


def check_database(url: str) -> None:
    """Raise IEError where a URL names no database that can be written, or a library for it is missing."""
    _checked_url(url)


def by_document(facts: Iterable[MetricFact]) -> Iterator[Reading]:
    """Gather facts that follow each other by their document."""
    for document, its in groupby(facts, key=lambda fact: fact.document):
        yield document, list(its)


def write_database(readings: Iterable[Reading], url: str, wait: float = WAIT) -> None:
    """Put the facts of documents in the place of all earlier facts of theirs; a document without facts then has none.

    Where a document comes twice, both readings count. Raises IEError where the database cannot be reached or written;
    `wait` bounds, in seconds, how long a locked table is waited for.
    """
    known = _checked_url(url)
    with _telling(known, wait), _engine(known, wait) as engine:
        table = _fact_table()
        _repeated(engine, partial(_prepare, table=table, url=known), reached=False)
        begun: set[str] = set()  # the documents of which an earlier transaction has written facts
        for batch in _whole_documents(readings):
            _repeated(engine, partial(_replace, table=table, batch=batch, begun=begun), reached=True)
            begun.update(name for name, _ in batch)


def _whole_documents(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    batch: list[Reading] = []
    held = 0
    for document, facts in readings:
        batch.append((storable(document), facts))
        held += len(facts)
        if max(held, len(batch)) >= _BATCH:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _repeated(engine: Engine, work: Callable[[Connection], None], *, reached: bool) -> None:
    """Do the work in a transaction; where the connection breaks or another was in the way, do all of it again.

    `reached` tells that the server has answered before, so that it may be expected to come back.
    """
    from sqlalchemy.exc import DBAPIError

    for pause in (*_PAUSES, None):
        try:
            with engine.begin() as connection:
                work(connection)
            return
        except DBAPIError as error:
            if pause is None or not _is_passing(error, reached):
                raise
            logger.warning("the database broke off; trying again in %g s", pause)
            time.sleep(pause)


def _is_passing(error: DBAPIError, reached: bool) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING)
    refused = reached and type(error.orig).__module__.startswith("psycopg")
    return error.connection_invalidated or refused


def _checked_url(text: str) -> URL:
    scheme = text.partition(":")[0].partition("+")[0]
    if scheme not in _SCHEMES:
        raise IEError(f"cannot write to a database of {scheme!r}; {_EXPECTED}")
    require("SQL", "sql", "sqlalchemy")
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise IEError(f"the URL of the database cannot be read; {_EXPECTED}") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise IEError(f"cannot write with the driver {url.drivername!r}; {_EXPECTED}")
    if url.drivername.startswith("sqlite") and (url.host or url.database in (None, "", ":memory:")):
        raise IEError(
            "names no file of SQLite; expected three slashes (four before an absolute path): sqlite:///facts.db"
        )
    if url.drivername == "postgresql+psycopg":
        require("PostgreSQL", "sql", "psycopg")
    return url


@contextmanager
def _engine(url: URL, wait: float) -> Iterator[Engine]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    if url.drivername.startswith("sqlite"):
        settings: dict[str, Any] = {"timeout": wait}
    else:
        # a server that is gone without a word is noticed within a minute, not when the system gives up
        alive = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 4, "tcp_user_timeout": 60_000}
        timeouts = {"connect_timeout": max(2, round(wait)), "options": f"-c lock_timeout={round(wait * 1000)}"}
        settings = {**alive, **timeouts}
    engine = create_engine(url, connect_args=settings, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _telling(url: URL, wait: float) -> Iterator[None]:
    """Turn what the database says into one line that names it, without its password."""
    from sqlalchemy.exc import SQLAlchemyError

    name = url.render_as_string(hide_password=True)
    try:
        yield
    except SQLAlchemyError as error:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        if any(word in said or word in type(getattr(error, "orig", None)).__name__ for word in _LOCKED):
            raise IEError(
                f"{name}: is locked by another program (waited {wait:g} s); close that and run the command again"
            ) from error
        raise IEError(f"{name}: cannot be written: {said}") from error


def _fact_table() -> Table:
    from sqlalchemy import Column, Date, Float, Integer, MetaData, Table, Text
    from sqlalchemy.types import TypeEngine

    decimal = _exact_decimal()
    types: dict[ColumnType, TypeEngine[Any]] = {
        "text": Text(), "texts": Text(), "decimal": decimal, "day": Date(), "place": Integer(), "score": Float(53),
    }  # fmt: skip
    return Table(
        "facts",
        MetaData(),
        *(
            Column(
                name,
                types[kind],
                primary_key=name == "id",
                nullable=name not in ("id", "document", "value"),
                index=name in ("document", "program"),
            )
            for name, kind in COLUMNS.items()
        ),
    )


def _exact_decimal() -> TypeDecorator[Decimal]:
    from sqlalchemy import Dialect, Numeric
    from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

    class Untyped(UserDefinedType[Any]):
        """A column of SQLite that keeps whole, floating and text values as they come."""

        cache_ok = True

        def get_col_spec(self, **_: object) -> str:
            return ""

    class ExactDecimal(TypeDecorator[Decimal]):
        impl = Numeric
        cache_ok = True

        def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
            return dialect.type_descriptor(Untyped() if dialect.name == "sqlite" else Numeric())

        def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
            return _sqlite_number(value) if dialect.name == "sqlite" and value is not None else value

        def process_result_value(self, value: object, dialect: Dialect) -> Decimal | None:
            return None if value is None else Decimal(str(value))

    return ExactDecimal()


def _sqlite_number(value: Decimal) -> int | float | str:
    """Return a value as SQLite holds it exactly.

    >>> _sqlite_number(Decimal(20)), _sqlite_number(Decimal("12.5")), _sqlite_number(Decimal(10) ** 20 + 1)
    (20, 12.5, '100000000000000000001')
    """
    if value == value.to_integral_value():
        return int(value) if abs(value) < _SQLITE_WHOLE else format(value, "f")
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")


def _prepare(connection: Connection, table: Table, url: URL) -> None:
    """Create the table where there is none; raises IEError where there is another of its name."""
    from sqlalchemy import inspect
    from sqlalchemy.schema import CreateIndex, CreateTable

    # another run may be making it at this moment
    connection.execute(CreateTable(table, if_not_exists=True))
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    if missing := [name for name in COLUMNS if name not in there]:
        raise IEError(
            f"{url.render_as_string(hide_password=True)}: its table {table.name!r} has no column "
            f"{', '.join(missing)}; rename that table, and a new one is created"
        )
    for index in table.indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _replace(connection: Connection, table: Table, batch: Sequence[Reading], begun: set[str]) -> None:
    """Take away what earlier runs found in the documents of a batch, and insert what is found now."""
    from sqlalchemy import bindparam

    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    if names := {name for name, _ in batch} - begun:
        earlier = table.delete().where(table.c.document == bindparam("name"))
        connection.execute(earlier, [{"name": name} for name in sorted(names)])
    # one statement cannot change a row twice: the last fact of an id counts
    rows = {row["id"]: row for _, facts in batch for row in map(_row, facts)}
    if rows:
        statement = insert(table)
        changed = {name: statement.excluded[name] for name in COLUMNS if name != "id"}
        whole = statement.on_conflict_do_update(index_elements=["id"], set_=changed)
        connection.execute(whole, list(rows.values()))


def _row(fact: MetricFact) -> dict[str, object]:
    return {name: ";".join(value) if isinstance(value, list) else value for name, value in typed_row(fact).items()}
