"""Writing views and triggers as SQL. Tables, keys and references are written in `ddl`."""

from collections.abc import Iterator
from textwrap import indent

from migration.schema.model import Schema, Trigger, View, column_list, qualified, quote

_BODY = "$body$"


def render_views(schema: Schema) -> str:
    """Return the views, each after those that it reads."""
    return "-- Views\n\n" + "\n".join(_view(schema, view) for view in schema.views)


def render_triggers(schema: Schema) -> str:
    """Return the triggers with their functions; they must be created after the rows."""
    return "-- Triggers\n\n" + "\n".join(_trigger(schema, each) for each in schema.triggers)


def _view(schema: Schema, view: View) -> str:
    name = f"{qualified(schema, view.name)} ({column_list(view.columns)})"
    return f"CREATE VIEW {name} AS\n{view.query};\n"


def _trigger(schema: Schema, trigger: Trigger) -> str:
    function = qualified(schema, trigger.name)
    table = qualified(schema, trigger.table)
    condition = f"\n    WHEN ({trigger.condition})" if trigger.condition else ""
    body = indent("\n".join(_lines(trigger)), "    ")
    return (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {_BODY}\n"
        # A column is meant wherever a name could mean a variable too.
        f"#variable_conflict use_column\nBEGIN\n{body}\nEND\n{_BODY};\n"
        f"CREATE TRIGGER {quote(trigger.name)} {trigger.moment} {trigger.event} ON {table}\n"
        f"    FOR EACH ROW{condition} EXECUTE FUNCTION {function}();\n"
    )


def _lines(trigger: Trigger) -> Iterator[str]:
    if not trigger.once:
        yield from trigger.body
    else:
        setting = f"'running_triggers.{_setting(trigger.name)}'"
        yield f"IF current_setting({setting}, true) = 'yes' THEN RETURN NULL; END IF;"
        yield f"PERFORM set_config({setting}, 'yes', true);"
        yield from trigger.body
        yield f"PERFORM set_config({setting}, 'no', true);"
    yield f"RETURN {_returned(trigger)};"


def _setting(name: str) -> str:
    """Return the name of a trigger as a setting may be called: letters and digits alone."""
    return "t" + name.encode().hex()


def _returned(trigger: Trigger) -> str:
    if trigger.moment == "AFTER":
        return "NULL"
    return "OLD" if trigger.event == "DELETE" else "NEW"
