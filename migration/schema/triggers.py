"""Triggers: a condition, and statements that write named rows or raise an error.

SQLite runs a trigger after each row, PostgreSQL after the statement. The outcome is the same where
the trigger looks at nothing but its row and what it changes, and changes of its own table no other
row: the rest is refused. Whether it is the same is also tried out, on both engines, by
`migration.compare.objects`. SQLite never lets a trigger start itself, so one that could is told to
do nothing while it runs.
"""

from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import expressions as sql

from migration.schema.choices import folded
from migration.schema.errors import Untranslatable
from migration.schema.expressions import parsed, translate_tree
from migration.schema.kinds import truth
from migration.schema.model import Trigger, quote
from migration.schema.names import shortened
from migration.schema.rowbyrow import assert_alone, is_own_row
from migration.schema.scope import Scope, Typed, literal
from migration.schema.stored import assigned, place_of
from migration.schema.work import Work, named
from migration.source.model import SourceObject, SourceTable
from migration.source.triggertext import trigger_text

_ROWS = {"INSERT": ("new",), "UPDATE": ("new", "old"), "DELETE": ("old",)}
_INSERT_FLAGS = frozenset({"this", "expression"})


def trigger(work: Work, thing: SourceObject) -> Trigger:
    """Translate a trigger. Raises Untranslatable."""
    return _Translation(work, thing).trigger()


class _Translation:
    """Translates one trigger. Raises Untranslatable."""

    def __init__(self, work: Work, thing: SourceObject) -> None:
        self._work = work
        self._thing = thing
        self._name = shortened(thing.name)
        self._text = trigger_text(thing.sql)
        if self._text.moment == "INSTEAD":
            raise Untranslatable("it writes in the place of a view")
        self._table = work.table(thing.table)

    def trigger(self) -> Trigger:
        """Translate it."""
        text = self._text
        assert_alone(self._thing, self._work.catalogue)
        condition = None
        if text.condition is not None:
            condition = truth(translate_tree(parsed(text.condition), self._scope()))
        body = tuple(line for each in text.statements for line in self._statement(each))
        return Trigger(
            name=self._name,
            table=self._work.names[self._table.name],
            moment=text.moment,
            event=self._event(),
            condition=condition,
            body=body,
            once=folded(self._table.name) in map(folded, text.writes),
        )

    def _event(self) -> str:
        if not self._text.columns:
            return self._text.event
        names = self._work.column_names(self._table, self._text.columns)
        return f"UPDATE OF {', '.join(map(quote, names))}"

    def _scope(self, table: SourceTable | None = None) -> Scope:
        """Return NEW and OLD as far as the event has them, and the table that is written to."""
        rows = {row: self._row(row) for row in _ROWS[self._text.event]}
        refused = self._work.refused_columns(self._table)
        if table is None:
            return Scope(qualified=rows, unreadable=refused, by_utf8=self._work.by_utf8)
        name = self._work.names[table.name]
        columns = self._work.typed(table, of=quote(name))
        refused |= self._work.refused_columns(table)
        places = {**rows, folded(table.name): columns}
        return Scope(columns, places, refused, self._work.by_utf8)

    def _row(self, row: str) -> Mapping[str, Typed]:
        columns = self._work.typed(self._table, of=row.upper())
        if self._text.moment == "BEFORE":
            # Not yet computed, and for the id not yet given, when the trigger runs.
            early = [c.name for c in self._table.columns if c.generated]
            if self._text.event == "INSERT" and self._table.row_id:
                early.append(self._table.row_id)
            columns = {n: t for n, t in columns.items() if n not in map(folded, early)}
        return columns

    def _statement(self, text: str) -> Iterator[str]:
        try:
            tree = sqlglot.parse_one(text, read="sqlite")
        except sqlglot.errors.SqlglotError as error:
            raise Untranslatable(f"{text} cannot be parsed") from error
        if isinstance(tree, sql.Select):
            yield from self._raise(tree)
        elif self._text.moment == "BEFORE":
            raise Untranslatable("it writes before the row is written")
        elif isinstance(tree, sql.Insert):
            yield from self._insert(tree)
        elif isinstance(tree, sql.Update):
            yield self._update(tree)
        elif isinstance(tree, sql.Delete):
            yield self._delete(tree)
        else:
            raise _refused(tree)

    def _raise(self, tree: sql.Select) -> Iterator[str]:
        """Translate SELECT RAISE(ABORT, …) with its WHERE, or inside of a CASE."""
        if _parts(tree) - {"expressions", "where"} or len(tree.expressions) != 1:
            raise _refused(tree)
        call, tests = tree.expressions[0], []
        if tree.args.get("where"):
            tests.append(tree.args["where"].this)
        if isinstance(call, sql.Case) and _parts(call) == {"ifs"} and len(call.args["ifs"]) == 1:
            branch = call.args["ifs"][0]
            call = branch.args["true"]
            tests.append(branch.this)
        error = f"RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = {literal(_message(call))};"
        if not tests:
            yield error
            return
        rule = " AND ".join(truth(translate_tree(test, self._scope())) for test in tests)
        yield from (f"IF {rule} THEN", f"    {error}", "END IF;")

    def _insert(self, tree: sql.Insert) -> Iterator[str]:
        into, values = tree.this, tree.expression
        if _parts(tree) - _INSERT_FLAGS or not isinstance(values, sql.Values):
            raise _refused(tree)
        table = self._target(into.this if isinstance(into, sql.Schema) else into)
        if table is self._table:
            raise Untranslatable("it adds rows to its own table")
        columns = [column for column in table.columns if not column.generated]
        if isinstance(into, sql.Schema):
            columns = [named(table, column.name) for column in into.expressions]
        names = self._work.column_names(table, tuple(c.name for c in columns))
        for row in values.expressions:
            items = row.expressions if isinstance(row, sql.Tuple) else [row]
            if len(items) != len(columns):
                raise _refused(tree)
            stored = ", ".join(
                self._assigned(table, column.name, item, self._scope())
                for column, item in zip(columns, items, strict=True)
            )
            listed = ", ".join(map(quote, names))
            yield f"INSERT INTO {self._qualified(table)} ({listed}) VALUES ({stored});"

    def _update(self, tree: sql.Update) -> str:
        if _parts(tree) - {"this", "expressions", "where"}:
            raise _refused(tree)
        table = self._target(tree.this)
        parts = []
        for each in tree.expressions:
            if not isinstance(each, sql.EQ) or not isinstance(each.this, sql.Column):
                raise _refused(tree)
            (name,) = self._work.column_names(table, (each.this.name,))
            value = self._assigned(table, each.this.name, each.expression, self._scope(table))
            parts.append(f"{quote(name)} = {value}")
        where = self._where(tree, table)
        return f"UPDATE {self._qualified(table)} SET {', '.join(parts)}{where};"

    def _delete(self, tree: sql.Delete) -> str:
        if _parts(tree) - {"this", "where"}:
            raise _refused(tree)
        table = self._target(tree.this)
        return f"DELETE FROM {self._qualified(table)}{self._where(tree, table)};"

    def _where(self, tree: sql.Expr, table: SourceTable) -> str:
        where = tree.args.get("where")
        if table is self._table and not is_own_row(where, table):
            raise Untranslatable("it changes other rows of its own table")
        return f" WHERE {truth(translate_tree(where.this, self._scope(table)))}" if where else ""

    def _assigned(self, table: SourceTable, column: str, value: sql.Expr, scope: Scope) -> str:
        found = named(table, column)
        type = self._work.type_of(table, found.name)
        if type is None or found.generated:
            raise Untranslatable(f"{table.name}.{column} cannot be assigned to")
        return assigned(value, scope, place_of(type, found.declared))

    def _target(self, tree: sql.Expr) -> SourceTable:
        if not isinstance(tree, sql.Table) or _parts(tree) - {"this"}:
            raise _refused(tree)
        table = self._work.table(tree.name)
        if folded(table.name) in ("new", "old"):
            raise Untranslatable(f"it writes to a table called {table.name}")
        return table

    def _qualified(self, table: SourceTable) -> str:
        return f"{quote(self._work.schema)}.{quote(self._work.names[table.name])}"


def _message(call: sql.Expr) -> str:
    if isinstance(call, sql.Anonymous) and call.name.upper() == "RAISE":
        arguments = call.expressions
        if len(arguments) == 2 and arguments[0].name.upper() == "ABORT":
            message = arguments[1]
            quoted = isinstance(message, sql.Column) and message.this.quoted
            if quoted or (isinstance(message, sql.Literal) and message.is_string):
                return str(message.name)
    raise _refused(call)


def _parts(node: sql.Expr) -> set[str]:
    return {name for name, part in node.args.items() if part not in (None, False, [])}


def _refused(tree: sql.Expr) -> Untranslatable:
    return Untranslatable(f"{tree.sql(dialect='sqlite')} has no exact equal")
