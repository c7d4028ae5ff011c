"""Tokens: what two recordings may differ in, how it is written, how strictly it is demanded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from migration.replay.canonical import Real, Tree, read, write
from migration.replay.errors import Nondeterminism
from migration.replay.match import match
from migration.replay.observation import Exchange, Observation
from migration.replay.tokens import parse, spell
from migration.replay.unify import unify

NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=28)
WALL = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
COUNTERS = {"main.mood": 20, "main.user": 20}
COUNTERS_LATER = {"main.mood": 10_020, "main.user": 10_121}
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OTHER_HEX = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"


def observed(
    body: Tree, *, now: datetime = NOW, counters: dict[str, int] | None = None, rows: Tree = None
) -> Observation:
    """Return an observation of one request that was answered with `body`."""
    changed: dict[str, Tree] = {} if rows is None else {"main.mood": {"inserted": rows}}
    exchange = Exchange(
        rule="GET /",
        request="GET /",
        answer={"status": 200, "json": body},
        rows=changed,
        effects=[],
    )
    return Observation(
        case="GET /: success",
        engine="sqlite",
        exchanges=(exchange,),
        now=now,
        began=WALL,
        ended=WALL,
        counters=COUNTERS if counters is None else counters,
    )


def later(body: Tree, *, rows: Tree = None) -> Observation:
    return observed(body, now=LATER, counters=COUNTERS_LATER, rows=rows)


def golden_of(a: Tree, b: Tree, **options: tuple[str, ...]) -> Tree:
    return unify(observed(a), later(b), **options)


def body_of(golden: Tree) -> Tree:
    assert isinstance(golden, dict)
    exchanges = golden["exchanges"]
    assert isinstance(exchanges, list)
    exchange = exchanges[0]
    assert isinstance(exchange, dict)
    answer = exchange["answer"]
    assert isinstance(answer, dict)
    return answer["json"]


def unified(a: Tree, b: Tree) -> Tree:
    return body_of(golden_of(a, b))


@pytest.mark.parametrize("leaf", [None, True, False, 0, 1, Real("1.0"), Real("1.00"), "", "1", "é"])
def test_what_is_equal_is_literal(leaf: Tree) -> None:
    assert unified(leaf, leaf) == leaf
    assert type(unified(leaf, leaf)) is type(leaf)


@pytest.mark.parametrize(
    ("first", "second", "token"),
    [
        ("2026-02-04 11:30:00", "2026-03-04 11:30:00", "⟦now+3600 %Y-%m-%d %H:%M:%S⟧"),
        ("2026-02-03T10:30:00Z", "2026-03-03T10:30:00Z", "⟦now-86400 %Y-%m-%dT%H:%M:%S⟧Z"),
        (
            "2026-02-04T10:30:00.250000+00:00",
            "2026-03-04T10:30:00.250000+00:00",
            "⟦now+0 %Y-%m-%dT%H:%M:%S⟧.250000+00:00",
        ),
        (
            "Wed, 04 Feb 2026 10:30:00 GMT",
            "Wed, 04 Mar 2026 10:30:00 GMT",
            "⟦now+0 %a, %d %b %Y %H:%M:%S⟧ GMT",
        ),
        ("2026-02-03", "2026-03-03", "⟦today-1 %Y-%m-%d⟧"),
        ("04/02/2026", "04/03/2026", "⟦today+0 %d/%m/%Y⟧"),
        ("since 4 February", "since 4 March", "since ⟦today+0 %-d %B⟧"),
        ("2026-W06", "2026-W10", "⟦today+0 %G-W%V⟧"),
        ("2026-01", "2026-02", "⟦month-1 %Y-%m⟧"),
        ("moods-20260204.csv", "moods-20260304.csv", "moods-⟦today+0 %Y%m%d⟧.csv"),
        ("February", "March", "⟦month+0 %B⟧"),
    ],
)
def test_a_moment_keeps_distance_and_format(first: str, second: str, token: str) -> None:
    assert unified(first, second) == token
    assert match(golden_of(first, second), observed(first)) == []


@pytest.mark.parametrize(
    ("first", "second", "token"),
    [
        (1770201000, 1772620200, "⟦int now+0 epoch⟧"),
        (1770201000123, 1772620200123, "⟦int now+0.123 epoch.ms⟧"),
        (Real("1770197400.0"), Real("1772616600.0"), "⟦real now-3600 epoch:1⟧"),
        ("at 1770201000", "at 1772620200", "at ⟦now+0 epoch⟧"),
    ],
)
def test_seconds_since_1970_move_with_the_clock(first: Tree, second: Tree, token: str) -> None:
    assert unified(first, second) == token
    assert match(golden_of(first, second), observed(first)) == []


@pytest.mark.parametrize(
    "shown",
    [
        "2026-02-04T10:30:00",
        "Wed, 04 Feb 2026 10:30:00 GMT",
        "2026-02-04 11:30:00",
        "2026-02-04 10:30:01",
        "2026-02-04 10:30:00.000000",
        1770201000,
        None,
    ],
)
def test_a_changed_format_zone_or_offset_is_a_difference(shown: Tree) -> None:
    golden = golden_of("2026-02-04 10:30:00", "2026-03-04 10:30:00")
    assert [found.path for found in match(golden, observed(shown))] == ["exchanges[0].answer.json"]


def test_a_moment_that_moved_otherwise_stops_the_recording() -> None:
    with pytest.raises(Nondeterminism, match=r"answer\.json\.due"):
        golden_of({"due": "2026-02-28"}, {"due": "2026-03-31"})


def test_the_database_clock_is_known_by_the_real_time_of_the_run() -> None:
    golden = golden_of("2031-05-06 07:08:09", "2031-05-06 07:08:09")
    assert body_of(golden) == "⟦wall %Y-%m-%d %H:%M:%S⟧"
    assert match(golden, observed("2031-05-06 07:08:10")) == []
    assert match(golden, observed("2031-05-06 08:08:09"))
    assert match(golden, observed("2031-05-06T07:08:09"))


def test_an_id_has_one_name_in_numbers_texts_and_rows() -> None:
    golden = unify(
        observed({"id": 21, "url": "/api/mood/21"}, rows=[{"id": 21, "notes": "n"}]),
        later({"id": 10_021, "url": "/api/mood/10021"}, rows=[{"id": 10_021, "notes": "n"}]),
    )
    assert body_of(golden) == {"id": "⟦int id#1 mood⟧", "url": "/api/mood/⟦id#1 mood⟧"}
    assert '"id": "⟦int id#1 mood⟧"' in write(golden)


def test_an_id_is_bound_once_in_the_whole_case() -> None:
    golden = golden_of({"id": 21, "url": "/m/21"}, {"id": 10_021, "url": "/m/10021"})
    assert match(golden, observed({"id": 34, "url": "/m/34"})) == []
    found = match(golden, observed({"id": 34, "url": "/m/35"}))
    assert [(one.path, one.expected, one.actual) for one in found] == [
        ("exchanges[0].answer.json.url", "/m/34", "/m/35")
    ]


def test_two_ids_of_one_table_are_never_the_same_number() -> None:
    golden = golden_of([21, 22], [10_021, 10_022])
    assert match(golden, observed([5, 6])) == []
    assert match(golden, observed([5, 5]))


def test_ids_of_two_tables_may_be_the_same_number() -> None:
    golden = golden_of({"a": 21, "b": 21}, {"a": 10_021, "b": 10_122})
    assert body_of(golden) == {"a": "⟦int id#1 mood⟧", "b": "⟦int id#2 user⟧"}
    assert match(golden, observed({"a": 21, "b": 21})) == []


@pytest.mark.parametrize("shown", ["21", Real("21.0"), True, None])
def test_an_id_that_was_a_number_stays_a_number(shown: Tree) -> None:
    (found,) = match(golden_of(21, 10_021), observed(shown))
    assert found.kind == "type"


def test_a_number_that_no_table_handed_out_stops_the_recording() -> None:
    with pytest.raises(Nondeterminism, match=r"answer\.json\.count"):
        golden_of({"count": 3}, {"count": 4})
    with pytest.raises(Nondeterminism):
        golden_of(7, 10_007)  # below the counter: it was there before the case


@pytest.mark.parametrize(
    ("first", "second", "token"),
    [
        (HEX, OTHER_HEX, "⟦secret#1 hex64⟧"),
        ("9f86d081", "60303ae2", "⟦secret#1 hex8⟧"),
        ("9F86D081", "60303AE2", "⟦secret#1 HEX8⟧"),
        ("your code is 482913.", "your code is 107562.", "your code is ⟦secret#1 digits6⟧."),
        (
            "2f1c9f86-d081-4c7d-859a-2feaa0c55ad0",
            "60303ae2-2b99-4861-8ce3-b28f33eec1be",
            "⟦secret#1 uuid⟧",
        ),
        (
            "http://x/reset?token=Zq3_vT9-kLm2Pw8sRt5YbA",
            "http://x/reset?token=hG7-nB4_cXe6Jd1fUo0ViQ",
            "http://x/reset?token=⟦secret#1 urlsafe22⟧",
        ),
        (
            "$argon2id$v=19$m=8,t=1,p=1$Zq3/vT9+kLm2Pw8sRt5YbA$aB+3dEfGhIjKlMnOpQrStUvWxYz01234",
            "$argon2id$v=19$m=8,t=1,p=1$hG7+nB4/cXe6Jd1fUo0ViQ$Zz/9YxWvUtSrQpOnMlKjIhGfEdC98765",
            "$argon2id$v=19$m=8,t=1,p=1$⟦secret#1 base64_22⟧$⟦secret#2 base64_32⟧",
        ),
        (
            "$argon2id$v=19$m=8,t=1,p=1$+u3kshWUZ9wufqfQCnhLLg$+KlGf5yf9gVdvJxJLnyps+FD66N5zWZL",
            "$argon2id$v=19$m=8,t=1,p=1$Zfk76tUD3WF8p30cPwhODg$x1FPtXlevREJ0lGLiDzcTQ22p3bvJ4/R",
            "$argon2id$v=19$m=8,t=1,p=1$⟦secret#1 base64_22⟧$⟦secret#2 base64_32⟧",
        ),
        (
            "signed: aB+3dEfGhIjKlMnO/QrStUvWxYz01234==",
            "signed: Zz/9YxWvUtSrQpOnM+KjIhGfEdC98765==",
            "signed: ⟦secret#1 base64_34⟧",
        ),
    ],
)
def test_a_secret_keeps_alphabet_and_length(first: str, second: str, token: str) -> None:
    assert unified(first, second) == token
    assert match(golden_of(first, second), observed(first)) == []
    assert match(golden_of(first, second), observed(second)) == []
    assert match(golden_of(first, second), observed(first[:-2]))


@pytest.mark.parametrize("shown", ["Zq3_vT9-kLm2Pw8sRt5YbA", "Zq3/vT9+kLm2Pw8sRt5YbA"])
def test_a_secret_of_either_base64_fits_a_word_that_showed_no_telling_letter(shown: str) -> None:
    first, second = "Zq37vT95kLm2Pw8sRt5YbA", "hG74nB46cXe6Jd1fUo0ViQ"
    for around in ("{}", "$2b$08${}", "?key={}"):
        golden = golden_of(around.format(first), around.format(second))
        assert "⟦secret#1 word22⟧" in str(body_of(golden))
        assert match(golden, observed(around.format(shown))) == []


def test_a_secret_is_the_same_wherever_it_stands() -> None:
    golden = golden_of([HEX, f"token {HEX}"], [OTHER_HEX, f"token {OTHER_HEX}"])
    assert body_of(golden) == ["⟦secret#1 hex64⟧", "token ⟦secret#1 hex64⟧"]
    assert match(golden, observed([HEX, f"token {OTHER_HEX}"]))


def test_a_secret_that_is_the_same_twice_only_in_one_recording_stops_it() -> None:
    with pytest.raises(Nondeterminism):
        golden_of([HEX, HEX], [OTHER_HEX, HEX[::-1]])


def test_plain_words_that_differ_stop_the_recording() -> None:
    with pytest.raises(Nondeterminism, match=r"'an apple'"):
        golden_of("an apple", "an olive")
    with pytest.raises(Nondeterminism, match="type"):
        golden_of(1, "1")
    with pytest.raises(Nondeterminism, match="number of items"):
        golden_of([1], [1, 1])


def test_a_duration_is_masked_only_where_it_is_declared() -> None:
    first, second = {"ms": [Real("1.5")]}, {"ms": [Real("2.25")]}
    with pytest.raises(Nondeterminism):
        golden_of(first, second)
    golden = golden_of(first, second, durations=("answer.json.ms[]",))
    assert body_of(golden) == {"ms": ["⟦real duration⟧"]}
    assert match(golden, observed({"ms": [Real("0.1")]})) == []
    assert match(golden, observed({"ms": [Real("-0.1")]}))
    assert match(golden, observed({"ms": [1]}))


def test_keys_move_with_the_clock_too() -> None:
    days = {"2026-02-03": 1, "2026-02-04": 2}
    golden = golden_of(days, {"2026-03-03": 1, "2026-03-04": 2})
    assert body_of(golden) == {"⟦today-1 %Y-%m-%d⟧": 1, "⟦today+0 %Y-%m-%d⟧": 2}
    assert match(golden, observed(days)) == []
    kinds = {found.kind for found in match(golden, observed({"2026-02-03": 1, "2026-02-05": 2}))}
    assert kinds == {"missing", "extra"}


def test_days_that_overlap_in_both_recordings_are_paired_in_their_order() -> None:
    first = {f"{NOW - timedelta(days=n):%Y-%m-%d}": n for n in range(40)}
    second = {f"{LATER - timedelta(days=n):%Y-%m-%d}": n for n in range(40)}
    assert match(golden_of(first, second), observed(first)) == []


def test_rows_with_random_keys_are_paired_by_what_they_hold() -> None:
    first = [{"key": HEX, "name": "a"}, {"key": OTHER_HEX, "name": "b"}]
    second = [{"key": HEX[::-1], "name": "b"}, {"key": OTHER_HEX[::-1], "name": "a"}]
    golden = unify(observed(None, rows=first), later(None, rows=second))
    assert match(golden, observed(None, rows=second)) == []


def test_an_application_s_own_bracket_is_no_token() -> None:
    text = "⟦now+0 %Y⟧ and ⟦"
    golden = golden_of(text, text)
    assert body_of(golden) == "⟦⟧now+0 %Y⟧ and ⟦⟧"
    assert match(golden, observed(text)) == []
    assert match(golden, observed("2026 and ⟦"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "a ⟦id#1 mood⟧ b ⟦secret#2 hex64⟧",
        "⟦int now-0.5 epoch.ms⟧",
        "⟦⟧ ⟦wall %H⟧",
        "⟦int duration⟧",
    ],
)
def test_a_template_is_spelled_as_it_was_read(text: str) -> None:
    template = parse(text)
    assert spell(template.parts, type=template.type) == text


def test_a_token_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no token"):
        parse("⟦today⟧")


def test_a_golden_survives_being_written_and_read() -> None:
    golden = golden_of(
        {"a": Real("7.0"), "b": [HEX, None]}, {"a": Real("7.0"), "b": [OTHER_HEX, None]}
    )
    assert read(write(golden)) == golden


def test_the_clock_of_a_golden_may_be_moved() -> None:
    golden = golden_of("2026-02-04 10:30:00", "2026-03-04 10:30:00")
    moved = replace(observed("2027-01-01 00:00:00"), now=datetime(2027, 1, 1, tzinfo=UTC))
    assert match(golden, moved) == []
