"""What identifies somebody is found in any value, and what merely looks like it is not.

What becomes of a find is in `tests/steps/test_data_work.py`.
"""

import pytest

from migration.compare.privacy import People, occurrences

KNOWN = {
    "users.username": ["ada", "li", "kim_w"],
    "users.full_name": ["Dr. Grace Wend", "Zoë Weißgerber-İnce", "Ng", None, ""],
    "users.email": ["G.Wend@example.org"],
    "users.phone": ["+44 7700 900112", "555-0147"],
}


@pytest.fixture
def people() -> People:
    """Some people, known by what four columns hold."""
    found = People()
    for column, values in KNOWN.items():
        for value in values:
            found.add(value, known_from=column)
    return found


FOUND = [
    ("I met ADA there", "users.username"),
    ("ada", "users.username"),
    ("(kim_w)", "users.username"),
    ("grace\twend called", "users.full_name"),
    ("ZOË WEISSGERBER-İNCE", "users.full_name"),
    ("zoe\u0308 weißgerber-i\u0307nce", "users.full_name"),
    ("<g.wend@EXAMPLE.org>", "users.email"),
    ("call 07700 900112 2026", "users.phone"),
    ("0044-7700-900112", "users.phone"),
    (447700900112, "users.phone"),
    ("it is 5550147", "users.phone"),
    (b"saved by Ada", "users.username"),
    ('{"note": "line\\nada", "n": 1}', "users.username"),
    ({"deep": [{"ada": 1}]}, "users.username"),
]


@pytest.mark.parametrize(("value", "known_from"), FOUND)
def test_whoever_is_named_is_found(people: People, value: object, known_from: str) -> None:
    (found, *_) = occurrences(people, [{"id": 7, "v": value}], table="chats", key=["id"])
    assert str(found) == f"chats.v (id=7) holds a value of {known_from}"


UNKNOWN = [
    "Adam and Madam", "kim w", "Grace came, Wend did not", "grace", "wend@example.org",
    "7700 90011", 900112, 1.5, None, "", "li", "Ng", "wend grace", b"\xff\xfe", "kim-w",
]  # fmt: skip


@pytest.mark.parametrize("value", UNKNOWN)
def test_who_is_not_named_is_not_found(people: People, value: object) -> None:
    assert list(occurrences(people, [{"v": value}], table="chats", key=[])) == []


def test_a_key_that_names_somebody_is_not_shown(people: People) -> None:
    (found,) = occurrences(people, [{"who": "ada"}], table="chats", key=["who"])
    assert str(found) == "chats.who (row 1) holds a value of users.username"
