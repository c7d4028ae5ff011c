"""Values that other movers lose or change, each in a small database of its own."""

from feature_projects import Carried, Refused, Source

_CAST = "CAST(x'{}' AS TEXT)"


def _holding(declared: str, *values: str) -> Source:
    rows = ", ".join(f"({number}, {value})" for number, value in enumerate(values, start=1))
    return Source(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared}); INSERT INTO t VALUES {rows}"
    )


CARRIED_VALUES = {
    "integers_of_64_bits": Carried(
        _holding("INT", "1099511627776", "-9223372036854775808", "9223372036854775807"),
        asks=(("SELECT v FROM t ORDER BY id", [(2**40,), (-(2**63),), (2**63 - 1,)]),),
    ),
    "offsets_of_timestamps": Carried(
        _holding("DATETIME", "'2024-01-01 10:00:00+02:00'", "'2024-01-01 10:00:00Z'"),
        asks=(
            ("SELECT extract(epoch FROM v)::bigint FROM t ORDER BY id",
             [(1704096000,), (1704103200,)]),
        ),
    ),
    "microseconds": Carried(
        _holding("DATETIME", "'2024-01-01 10:00:00.123456'", "'2024-01-01T10:00:00.000001'"),
        asks=(
            ("SELECT to_char(v AT TIME ZONE 'UTC', 'US') FROM t ORDER BY id",
             [("123456",), ("000001",)]),
        ),
    ),
    "infinities": Carried(
        _holding("REAL", "1e999", "-1e999"),
        asks=(("SELECT v FROM t ORDER BY id", [(float("inf"),), (float("-inf"),)]),),
    ),
    "every_bit_of_a_real": Carried(
        _holding("REAL", "119.62915393943854", "0.1", "5e-324", "1.7976931348623157e308"),
        asks=(
            ("SELECT v FROM t ORDER BY id",
             [(119.62915393943854,), (0.1,), (5e-324,), (1.7976931348623157e308,)]),
        ),
    ),
    "empty_text_is_not_null": Carried(
        _holding("TEXT", "''", "NULL", r"'\N'", "'NULL'", "' '", "'a\tb\nc\\d'"),
        asks=(
            ("SELECT v FROM t ORDER BY id",
             [("",), (None,), (r"\N",), ("NULL",), (" ",), ("a\tb\nc\\d",)]),
        ),
    ),
    "text_of_every_script": Carried(
        _holding("TEXT", "'日本語'", "'Привет'", "'😀'", "'e' || char(769)", "char(233)"),
        asks=(
            ("SELECT v FROM t ORDER BY id",
             [("日本語",), ("Привет",), ("😀",), ("e\u0301",), ("\u00e9",)]),
        ),
    ),
    "bytes_in_a_blob": Carried(
        _holding("BLOB", "x'00ff5c78'", "x''", "NULL"),
        asks=(("SELECT v FROM t ORDER BY id", [(b"\0\xff\\x",), (b"",), (None,)]),),
    ),
    "text_in_an_integer_column_kept_as_text": Carried(
        Source("CREATE TABLE t (v INTEGER); INSERT INTO t VALUES ('n/a'), ('?')",
               columns={"t.v": "text"}),
        asks=(("SELECT v FROM t ORDER BY v", [("?",), ("n/a",)]),),
    ),
    "documents_of_json": Carried(
        _holding("JSON", """'{"a": [1, 2.50, null]}'""", "'7'", "'\"x\"'"),
        asks=(
            ("SELECT v::text FROM t ORDER BY id", [('{"a": [1, 2.50, null]}',), ("7",), ('"x"',)]),
        ),
    ),
}  # fmt: skip

REFUSED_VALUES = {
    "text_in_integer": Refused(
        _holding("INTEGER", "1", "'n/a'"),
        ["t.v: text is stored where an integer belongs: 1 rows (id=2)"],
    ),
    "integer_of_30_digits": Refused(
        _holding("INTEGER", "123456789012345678901234567890"),
        ["t.v: real is stored where an integer belongs: 1 rows (id=1)"],
    ),
    "nul_in_text": Refused(
        _holding("TEXT", "'a' || char(0) || 'b'"),
        ["t.v: the text holds a NUL character, which PostgreSQL cannot: 1 rows (id=1)"],
    ),
    "invalid_utf_8": Refused(
        _holding("TEXT", "'good'", _CAST.format("61ff62")),
        ["t.v: the text is not valid UTF-8: 1 rows (id=2)"],
    ),
    "days_that_never_were": Refused(
        _holding("DATETIME", "'2024-02-30 10:00:00'", "'0000-00-00 00:00:00'"),
        ["t.v: there is no such moment in the calendar: 2 rows (id=1; id=2)"],
    ),
    "empty_text_as_a_moment": Refused(
        _holding("DATETIME", "''"),
        ["t.v: spelled '', not YYYY-MM-DD HH:MM:SS", '"t.v" = "text" under columns'],
    ),
    "epoch_seconds": Refused(
        _holding("DATETIME", "1700000000"),
        ["t.v: integer is stored where text belongs", '"t.v" = "integer" under columns'],
    ),
    "epoch_milliseconds": Refused(
        _holding("DATETIME", "1700000000123"),
        ["t.v: integer is stored where text belongs", '"t.v" = "integer" under columns'],
    ),
    "boolean_of_2": Refused(
        _holding("BOOLEAN", "1", "2"),
        ["t.v: the number is neither 0 nor 1: 1 rows (id=2)", '"t.v" = "integer" under columns'],
    ),
    "boolean_in_words": Refused(
        _holding("BOOLEAN", "'true'"),
        ["t.v: text is stored where 0 or 1 belongs", '"t.v" = "text" under columns'],
    ),
    "longer_than_declared": Refused(
        _holding("VARCHAR(5)", "'0123456789'"),
        ["t.v: the text is longer than 5 characters", '"t.v" = "text" under columns'],
    ),
    "more_digits_than_declared": Refused(
        _holding("DECIMAL(5, 2)", "1.005"),
        ["more than 2 digits after the point", '"t.v" = "numeric" under columns'],
    ),
    "invalid_json": Refused(
        _holding("JSON", "'{broken'"),
        ["t.v: the text is not a JSON document", '"t.v" = "text" under columns'],
    ),
    "blob_in_text": Refused(
        _holding("TEXT", "x'fffe'"),
        ["t.v: blob is stored where text belongs", '"t.v" = "blob" under columns'],
    ),
    "text_in_blob": Refused(
        _holding("BLOB", "'QUJD'"),
        ["t.v: text is stored where a blob belongs", '"t.v" = "text" under columns'],
    ),
    "null_in_a_key": Refused(
        Source("CREATE TABLE t (name TEXT PRIMARY KEY); INSERT INTO t VALUES (NULL)"),
        ["t.name:", "(name=None)"],
    ),
    "moments_that_become_the_same_key": Refused(
        Source("""CREATE TABLE t (at DATETIME UNIQUE);
            INSERT INTO t VALUES ('2024-01-01 10:00:00'), ('2024-01-01T10:00:00Z')"""),
        ["t.at: a key that is there already, in another spelling"],
    ),
}
