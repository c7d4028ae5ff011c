"""Tables made from rows by sqlite-utils, with full-text search and a view, in the file named."""

import sys

import sqlite_utils

database = sqlite_utils.Database(sys.argv[1])
creatures = database["creatures"]
creatures.insert_all(
    (
        {
            "id": number,
            "name": f"Näme {number}",
            "weight": number * 1.1,
            "tags": ["a", "b"],
            "born": f"2024-01-{number % 28 + 1:02}",
            "good": number % 2 == 0,
            "photo": bytes([number, 0, 255]),
            "kind": "cat" if number % 3 else "dog",
        }
        for number in range(1, 200)
    ),
    pk="id",
)
creatures.create_index(["born", "name"], unique=True)
creatures.extract("kind")
creatures.enable_fts(["name"], create_triggers=True, tokenize="porter")
database["owners"].insert(
    {"code": "x", "creature": 1}, pk="code", foreign_keys=[("creature", "creatures", "id")]
)
database["visits"].insert_all([{"a": 1, "b": 2, "note": None}, {"a": 1, "b": 3}], pk=("a", "b"))
database["loose"].insert_all([{"a": 1, "b": None}, {"a": None, "b": "x"}])
database["loose"].add_column("since", str, not_null_default="never")
database.create_view("light", "select id, name from creatures where weight < 10 order by id desc")
