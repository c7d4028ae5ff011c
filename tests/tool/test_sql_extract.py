"""Every way to write SQL that is resolved, to exactly its variants, and those that are refused.

Each example is a small application in a folder of its own. Its door is `execute` and the methods
of a class `Database`; what is expected was written by hand.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from migration.errors import SourceError
from migration.sql.extract import Extraction, extract

DOOR = ("execute", "Database.all", "Database.run")
DATABASE = """
class Database:
    def all(self, sql: str, *params: object) -> list:
        return self.connection.fetch(sql, params)

    def run(self, sql: str, *params: object) -> int:
        return len(self.all(sql, *params))

def get_db(name: str = "main") -> Database:
    return g.opened[name]
"""


@dataclass(frozen=True)
class Application:
    """A package that is written module by module; the names of packages last in a process."""

    folder: Path
    name: str

    def write(self, module: str, source: str) -> None:
        (self.folder / self.name / f"{module}.py").write_text(dedent(source), "utf-8")

    def extract(self) -> Extraction:
        return extract(self.folder, [self.folder / self.name], DOOR)


@pytest.fixture
def application(tmp_path: Path) -> Application:
    application = Application(tmp_path, f"shop_{secrets.token_hex(4)}")
    (tmp_path / application.name).mkdir()
    application.write("__init__", "")
    application.write("db", DATABASE)
    return application


RESOLVED = {
    "a literal": ("execute('A')", {"A"}),
    "literals side by side": ("execute('A' ' B')", {"A B"}),
    "a module constant": ("A = 'A'\ndef f(): execute(A)", {"A"}),
    "constants put together": ("A = 'A'\nB = A + ' B'\ndef f(): execute(f'{B} C')", {"A B C"}),
    "a constant that is replaced below": ("A = 'A'\nexecute(A)\nA = 'B'", {"A"}),
    "either of two": ("def f(x): execute('A' if x else 'B')", {"A", "B"}),
    "one condition asked twice": (
        "def f(x):\n a = 'A' if x else 'B'\n b = '1' if not x else '2'\n execute(a + b)",
        {"A2", "B1"},
    ),
    "a condition and its opposite": (
        "def f(x):\n a = 'A' if x is None else 'B'\n"
        " b = '1' if x is not None else '2'\n execute(a + b)",
        {"A2", "B1"},
    ),
    "a branch inside the same condition": (
        "def f(x):\n a = 'A' if x else 'B'\n if x:\n  execute(a)",
        {"A"},
    ),
    "what follows an exit": (
        "def f(x):\n a = 'A'\n if x:\n  a = 'B'\n if x:\n  return\n execute(a)",
        {"A"},
    ),
    "if, elif, else": (
        "def f(x):\n if x == 1:\n  a = 'A'\n elif x == 2:\n  a = 'B'\n else:\n  raise ValueError\n"
        " execute(a)",
        {"A", "B"},
    ),
    "a part added on a condition": (
        "def f(x):\n a = 'A'\n if x:\n  a += ' B'\n execute(a + ' C')",
        {"A C", "A B C"},
    ),
    "parts collected in a list": (
        "def f(x, y):\n a = ['A']\n if x:\n  a.append('B')\n if y:\n  a.extend(['C', 'D'])\n"
        " execute(' AND '.join(a))",
        {"A", "A AND B", "A AND C AND D", "A AND B AND C AND D"},
    ),
    "a look-up under an open key": (
        "T = {'a': 'A', 'b': 'B'}\ndef f(x): execute(T[x])",
        {"A", "B"},
    ),
    "two look-ups under one key": (
        "T = {'a': 'A', 'b': 'B'}\nU = {'a': '1', 'b': '2'}\ndef f(x): execute(T[x] + U[x])",
        {"A1", "B2"},
    ),
    "a look-up with a default": ("T = {'a': 'A'}\ndef f(x): execute(T.get(x, 'B'))", {"A", "B"}),
    "a loop over constants": (
        "T = ('a', 'b')\nfor t in T:\n  execute(f'FROM {t}')",
        {"FROM a", "FROM b"},
    ),
    "a loop over pairs": (
        "def f():\n for t, c in (('t', 'c'), ('u', 'd')):\n  execute(f'{t}.{c}')",
        {"t.c", "u.d"},
    ),
    "a loop over a dict": (
        "T = {'t': 'c', 'u': 'd'}\ndef f():\n for t, c in T.items():\n  execute(f'{t}.{c}')",
        {"t.c", "u.d"},
    ),
    "calls inside a comprehension": (
        "def f(): return [execute(f'FROM {t}') for t in ('a', 'b')]",
        {"FROM a", "FROM b"},
    ),
    "a list of columns": (
        "C = ('a', 'b')\ndef f(): execute(f\"SELECT {', '.join(c for c in C if c != 'b')}\")",
        {"SELECT a"},
    ),
    "a row of marks": ("C = ('a', 'b')\ndef f(): execute(', '.join('?' * len(C)))", {"?, ?"}),
    "methods of a text": (
        "A = ' %s {x} '\ndef f(): execute((A.strip() % 'A').format(x='B').replace('A', 'C'))",
        {"C B"},
    ),
    "formats": ("V = 3\ndef f(): execute(f'A {V:03d} {V!r}')", {"A 003 3"}),
    "a parameter": (
        "def f(t, c='c'): execute(f'{t}.{c}')\ndef g():\n f('t')\n f('u', 'd')\n f('v', c='e')",
        {"t.c", "u.d", "v.e"},
    ),
    "a parameter of a parameter": (
        "def f(t): execute(t)\ndef g(u): f(u + '!')\ndef h():\n g('A')\n g('B')",
        {"A!", "B!"},
    ),
    "any number of arguments": (
        "def f(*ts):\n for t in ts:\n  execute(t)\ndef g():\n f('A', 'B')\n f(*('C', 'D'))",
        {"A", "B", "C", "D"},
    ),
    "a function that returns a text": (
        "def q(t, x):\n if t == 'a':\n  return 'A'\n return f'FROM {t}'\n"
        "def f(x):\n execute(q('a', x))\n execute(q('b', x))",
        {"A", "FROM b"},
    ),
    "a function with an open condition": (
        "def q(x):\n if x:\n  return 'A'\n return 'B'\ndef f(x): execute(q(x))",
        {"A", "B"},
    ),
    "a function inside a function": (
        "def f(t):\n def g(): execute(t)\n return g\ndef h():\n f('A')\n f('B')",
        {"A", "B"},
    ),
    "a function that wraps another": (
        "def cached(f): return f\n@cached\ndef g(t): execute(t)\ndef h(): g('A')",
        {"A"},
    ),
    "a constant of a class": ("class Q:\n A = 'A'\n B = A + 'B'\ndef f(): execute(Q.B)", {"AB"}),
    "a constant that subclasses set": (
        "class B:\n def f(self): execute(f'FROM {self.table}')\n"
        "class C(B):\n table = 'c'\nclass D(B):\n table = 'd'",
        {"FROM c", "FROM d"},
    ),
    "a method that subclasses override": (
        "class B:\n def f(self): execute(self.text())\n"
        "class C(B):\n def text(self): return 'C'\nclass D(B):\n def text(self): return 'D'",
        {"C", "D"},
    ),
    "a field of a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass Q:\n t: str\n c: str = 'c'\n"
        "Q1 = Q('t')\nQ2 = Q(t='u', c='d')\n"
        "def f(x):\n q = Q1 if x else Q2\n execute(f'{q.t}.{q.c}')",
        {"t.c", "u.d"},
    ),
    "a property of a named tuple": (
        "from typing import NamedTuple\nclass Q(NamedTuple):\n t: str\n"
        " @property\n def text(self): return f'FROM {self.t}'\n"
        "QS = {'a': Q('a'), 'b': Q('b')}\ndef f(x): execute(QS[x].text)",
        {"FROM a", "FROM b"},
    ),
    "what __init__ keeps": (
        "class R:\n def __init__(self, t): self.t = t\n def f(self): execute(f'FROM {self.t}')\n"
        "def g():\n R('a').f()\n r = R('b')\n r.f()",
        {"FROM a", "FROM b"},
    ),
    "members of an enumeration": (
        "from enum import Enum\nclass K(Enum):\n A = 'a'\ndef f(): execute(K.A.value)",
        {"a"},
    ),
    "the object of a registered method": (
        "class R:\n def __init__(self, t): self.t = t\n def f(self): execute(f'FROM {self.t}')\n"
        "def mount(app):\n for r in (R('a'), R('b')):\n  app.add(r.f)",
        {"FROM a", "FROM b"},
    ),
    "either way out of a try": (
        "def f():\n try:\n  risky()\n except OSError:\n  a = 'A'\n else:\n  a = 'B'\n execute(a)",
        {"A", "B"},
    ),
    "one case of a match": (
        "def f(x):\n match x:\n  case 1:\n   a = 'A'\n  case _:\n   a = 'B'\n execute(a)",
        {"A", "B"},
    ),
    "inside a with": ("def f(c):\n with c:\n  a = 'A'\n  execute(a)", {"A"}),
    "a name given in passing": ("def f():\n if (a := 'A'):\n  execute(a)", {"A"}),
    "a keyword": ("def f(c): c.execute(sql='A')", {"A"}),
    "what is called without SQL": ("def f(c): c.execute()", set()),
}


@pytest.mark.parametrize("name", RESOLVED)
def test_is_resolved_to_exactly_its_variants(application: Application, name: str) -> None:
    source, expected = RESOLVED[name]
    application.write("code", source)
    found = application.extract()
    assert found.unresolved == ()
    assert {text.sql for text in found.texts} == expected


REFUSED = {
    "a value of a request": (
        "@app.get\ndef f(kind): execute(f'FROM {kind}')",
        "called by a framework",
        "whole texts",
    ),
    "a value of an object": (
        "from flask import request\ndef f(q): execute(q.sql)\nf(request)",
        "`request` comes from outside",
        "whole texts",
    ),
    "the environment": (
        "import os\nA = os.environ['A']\ndef f(): execute(A)",
        "`os` comes from outside",
        "",
    ),
    "as many marks as values": (
        "@app.get\ndef f(ids): execute(','.join('?' for _ in ids))",
        "called by a framework",
        "number of parts",
    ),
    "elements chosen by a value": (
        "@app.get\ndef f(x): execute(', '.join(c for c in ('a', 'b') if c in x))",
        "decides how many elements",
        "number of parts",
    ),
    "a text that grows in a loop": (
        "def f(xs):\n a = 'A'\n for x in xs:\n  a += ' OR B'\n execute(a)",
        "from round to round",
        "number of parts",
    ),
    "a name that another function assigns": (
        "A = 'A'\ndef g():\n global A\n A = 'B'\ndef f(): execute(A)",
        "assigned by another function",
        "",
    ),
    "a constant that a function changes": (
        "T = {'a': 'A'}\ndef g(x): T['b'] = x\ndef f(): execute(T['a'])",
        "changed by a function",
        "Final",
    ),
    "a text changed in place": (
        "def f(x):\n a = ['A']\n a.insert(0, x)\n execute(''.join(a))",
        "changed in place",
        "",
    ),
    "a text from before an exception": (
        "def f():\n a = 'A'\n try:\n  a = 'B'\n except OSError:\n  execute(a)",
        "where an exception came",
        "",
    ),
    "a door that is handed on": (
        "def f(c): retry(c.execute, 'A')",
        "handed on without being called",
        "directly",
    ),
    "a function that is handed on": (
        "def f(t): execute(t)\ndef g(): retry(f)",
        "handed on and called by somebody else",
        "directly",
    ),
    "a function that nothing calls": ("def f(t): execute(t)", "called by nothing", "remove"),
    "a function that calls itself": (
        "def f(t):\n execute(t)\n f(t + 'A')\ndef g(): f('B')",
        "calls itself",
        "directly",
    ),
    "unpacked arguments": (
        "def f(t): execute(t)\ndef g(ts): f(*ts)",
        "not given by itself",
        "directly",
    ),
    "a lambda": ("f = lambda t: execute(t)\nf('A')", "parameter of a lambda", "directly"),
    "a generator": (
        "def q():\n yield 'A'\ndef f():\n for t in q():\n  execute(t)",
        "is a generator",
        "",
    ),
    "a computed constant": (
        "def build(): return [t for t in open('f')]\nT = build()\ndef f(): execute(T[0])",
        "is not known",
        "",
    ),
    "no text": ("def f(): execute(7)", "is no text but 7", ""),
    "a way that nothing takes": (
        "def f():\n a = 'A'\n if a == 'B':\n  execute(a)",
        "is reached on no way",
        "remove",
    ),
    "more variants than anybody tests": (
        "def f("
        + ", ".join(f"x{n}" for n in range(10))
        + "):\n a = ''\n"
        + "".join(f" if x{n}:\n  a += '{n}'\n" for n in range(10))
        + " execute(a)",
        "variants and more",
        "",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_what_to_do(application: Application, name: str) -> None:
    source, why, remedy = REFUSED[name]
    application.write("code", source)
    found = application.extract().unresolved
    assert found
    assert any(why in each.why and remedy in each.remedy for each in found), found


def test_the_methods_of_a_class_are_found_by_what_is_annotated(application: Application) -> None:
    application.write(
        "code",
        """
        import subprocess
        from .db import PET, Database, get_db
        from . import db as database

        def f(name: str) -> None:
            get_db().all("1")
            main = get_db("x")
            main.run("2")
            first, second = name, database.get_db()
            second.all("3")
            helper(main)
            subprocess.run("no SQL")
            all("no SQL")

        def helper(db: Database | None) -> None:
            db.all("4")

        class Service:
            db: "Database"

            def __init__(self, given: Database) -> None:
                self.given = given

            def work(self) -> None:
                self.db.all("5")
                self.given.run("6")
        """,
    )
    found = application.extract()
    assert found.unresolved == ()
    assert {text.sql for text in found.texts} == set("123456")


def test_a_text_is_listed_where_it_is_written(application: Application) -> None:
    """Not where it goes through the door, when functions hand it on."""
    application.write("store", "def query(sql, *v):\n return c.execute(sql.replace('?', '%s'), v)")
    application.write("shop", "from .store import query\n\ndef book():\n return query('A ?', 1)")
    (text,) = application.extract().texts
    assert text.sql == "A %s"
    assert (text.place.file, text.place.line) == (f"{application.name}/shop.py", 4)
    assert text.place.function == "book"


def test_constants_computed_at_import_are_imported_where_they_say_so(
    application: Application,
) -> None:
    """`Final` is the author's word that the value depends on nothing but code."""
    application.write(
        "tools",
        """
        from dataclasses import dataclass, field
        from typing import Final

        @dataclass(frozen=True)
        class Tool:
            name: str
            insert: str = field(init=False)

            def __post_init__(self) -> None:
                object.__setattr__(self, "insert", f"INSERT INTO {self.name}")

            @property
            def select(self) -> str:
                return f"SELECT FROM {self.name}"

        def described(text: str):
            for line in text.splitlines():
                yield Tool(line)

        TOOLS: Final = tuple(described("cards\\ngoals"))
        """,
    )
    application.write(
        "routes",
        """
        from . import tools

        def mount(app, *offered):
            for tool in offered:
                add(app, tool)

        def add(app, tool):
            @app.post(f"/{tool.name}")
            def create(body):
                execute(tool.insert, body)

            @app.get(f"/{tool.name}")
            def show():
                return read(tool)

        def read(tool):
            return execute(tool.select)

        mount(app, *tools.TOOLS)
        """,
    )
    found = application.extract()
    assert found.unresolved == ()
    assert [text.sql for text in found.texts] == [
        "INSERT INTO cards",
        "INSERT INTO goals",
        "SELECT FROM cards",
        "SELECT FROM goals",
    ]
    source = (application.folder / application.name / "tools.py").read_text("utf-8")
    application.write("tools", source.replace(": Final", ""))
    assert application.extract().unresolved


def test_a_constant_that_cannot_be_imported_is_unresolved(application: Application) -> None:
    application.write(
        "code",
        "from typing import Final\nA: Final = compute()\ndef f(): execute(A)",
    )
    (unresolved,) = application.extract().unresolved
    assert "cannot be imported (NameError" in unresolved.why


def test_the_example_of_the_documentation(application: Application) -> None:
    """Four statements, as it says."""
    document = (Path(__file__).parents[2] / "docs" / "sql.md").read_text("utf-8")
    example = document.split("```python\n")[1].split("```")[0]
    application.write(
        "code", "from .db import get_db\nTABLES = {'b': 'book', 'f': 'film'}\n" + example
    )
    found = application.extract()
    assert found.unresolved == ()
    assert len(found.texts) == 4


def test_a_source_that_is_no_python_is_refused(application: Application) -> None:
    application.write("code", "def f(:")
    with pytest.raises(SourceError, match=r"code\.py"):
        application.extract()
