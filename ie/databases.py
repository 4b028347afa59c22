"""Facts in the table ``facts`` of an SQL database that a SQLAlchemy URL names: SQLite or PostgreSQL.

A fact replaces the one of the same id, so that writing twice changes nothing. Each batch is one transaction: after an
error whole batches stand, and the same command goes on from there. A fact that a later reading of a document no longer
finds stays: ``DELETE FROM facts WHERE document = …`` before reading it anew takes it away. Values are exact: NUMERIC in
PostgreSQL; whole and floating numbers in SQLite, and text where those would lose a digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING, Any

from ie.extras import require
from ie.rows import COLUMNS, ColumnType, typed_row
from ie.schema import IEError, MetricFact

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Table
    from sqlalchemy.types import TypeDecorator

__all__ = ["WAIT", "check_database", "is_database", "write_database"]

WAIT = 10  # seconds for a server that does not answer, or a table that another program has locked
_BATCH = 500
_EXPECTED = "expected sqlite:///facts.db or postgresql+psycopg://user@host/database"
_SCHEMES = ("sqlite", "postgresql", "postgres")
_SQLITE_WHOLE = 2**63
_LOCKED = ("locked", "lock timeout", "LockNotAvailable")


def is_database(target: str) -> bool:
    """Tell whether the name of an output is a database's.

    >>> is_database("sqlite:///facts.db"), is_database("facts.csv")
    (True, False)
    """
    return "://" in target


def check_database(url: str) -> None:
    """Raise IEError where a URL names no database that can be written, or a library for it is missing."""
    _checked_url(url)


def write_database(facts: Iterable[MetricFact], url: str, wait: float = WAIT) -> None:
    """Insert or update facts by id; raises IEError where the database cannot be reached or written.

    `wait` bounds, in seconds, how long a locked table is waited for.
    """
    known = _checked_url(url)
    with _telling(known, wait), _engine(known, wait) as engine:
        table = _fact_table()
        with engine.begin() as connection:
            _prepare(connection, table, known)
        for batch in batched(facts, _BATCH):
            # one statement cannot change a row twice: the last fact of an id counts
            rows = {fact.id: typed_row(fact) for fact in batch}
            with engine.begin() as connection:
                _upsert(connection, table, [_joined(row) for row in rows.values()])


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
        settings = {"connect_timeout": max(2, round(wait)), "options": f"-c lock_timeout={round(wait * 1000)}"}
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

    table.create(connection, checkfirst=True)
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    if missing := [name for name in COLUMNS if name not in there]:
        raise IEError(
            f"{url.render_as_string(hide_password=True)}: its table {table.name!r} has no column "
            f"{', '.join(missing)}; rename that table, and a new one is created"
        )


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in COLUMNS if name != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed), rows)


def _joined(row: dict[str, object]) -> dict[str, object]:
    return {name: ";".join(value) if isinstance(value, list) else value for name, value in row.items()}
