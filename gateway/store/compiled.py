"""Statements that are run for nearly every request: put into a database's words once, and handed to its driver as such.

What SQLAlchemy does with a statement at each run costs several times what SQLite needs for it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.exc import DBAPIError


class Compiled:
    """One such statement. Values are given in the order of its columns, as the driver takes them."""

    def __init__(self, statement: Insert | Select[Any] | Update, *columns: str) -> None:
        """Say what is run.

        Args:
            statement: without values.
            columns: those that are written.
        """
        self._statement = statement
        self._columns = columns
        self._words: dict[str, str] = {}

    def read(self, connection: Connection) -> list[tuple[Any, ...]]:
        """The rows that it gives.

        Raises:
            DBAPIError: the database gives none.
        """
        return list(said(connection, self._in_words_of(connection)).fetchall())

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run it for each of these rows, of which there is one at least.

        Raises:
            DBAPIError: the database does not take them.
        """
        said(connection, self._in_words_of(connection), rows)

    def _in_words_of(self, connection: Connection) -> str:
        return self._words.get(connection.dialect.name) or self._worded(connection)

    def _worded(self, connection: Connection) -> str:
        compiled: Any = self._statement.compile(dialect=connection.dialect, column_keys=self._columns or None)
        if self._columns and tuple(compiled.positiontup) != self._columns:
            raise TypeError("the columns are not named in the order of the statement")
        return self._words.setdefault(connection.dialect.name, compiled.string)


def said(connection: Connection, words: str, rows: Sequence[tuple[Any, ...]] = ()) -> Any:
    """Say something to the driver of that connection, in its own words; gives its cursor.

    Raises:
        DBAPIError: the database does not do it.
    """
    cursor = connection.connection.cursor()
    try:
        if len(rows) > 1:
            cursor.executemany(words, rows)
        else:
            cursor.execute(words, *rows)
    except connection.dialect.loaded_dbapi.Error as error:
        # It may be the connection itself that broke, and nobody else finds that out: the next one gets another.
        # An SQLite lets go of its turn only when no cursor is left, and a failure that somebody keeps would keep ours.
        cursor.close()
        connection.invalidate(error)
        base = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(words, None, error, base, hide_parameters=True, dialect=connection.dialect) from None
    return cursor
