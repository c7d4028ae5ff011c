"""Case files: what an entry says, what is derived from it, what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from migration.replay.canonical import Real
from migration.replay.cases import ABSENT, Case, load, load_routes
from migration.replay.errors import CaseFileError
from migration.replay.placeholders import fill, fill_text, pick
from migration.replay.routes import load_table
from migration.replay.yaml_json import read_yaml

NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)
MOOD = """
POST /api/mood/log:
  request: {as: ben, json: {mood_val: 7}}
  expect: 201
  twice: 409
  wrong-role: {as: dev}
  other-person: {as: drhope, query: {username: ada}}
  invalid:
    - {name: mood too high, json: {mood_val: 11}}
    - {name: not even JSON, raw: "seven", expect: 415}
"""


def cases_of(folder: Path, text: str) -> dict[str, Case]:
    (folder / "wellbeing.yaml").write_text(text, "utf-8")
    return {case.name: case for case in load(folder)}


def refused(folder: Path, text: str) -> str:
    with pytest.raises(CaseFileError) as caught:
        cases_of(folder, text)
    return str(caught.value)


def test_a_kind_may_be_tried_by_several_people(tmp_path: Path) -> None:
    text = """
GET /a:
  request: {as: ada}
  expect: 200
  other-person: [{as: ben}, {as: drhope, expect: 404}]
"""
    cases = cases_of(tmp_path, text)
    tried = {
        name: (case.kind, case.steps[0].user, case.steps[0].expect)
        for name, case in cases.items()
        if case.kind == "other-person"
    }
    assert tried == {
        "other-person: ben": ("other-person", "ben", 403),
        "other-person: drhope": ("other-person", "drhope", 404),
    }


def test_a_written_case_may_have_settings(tmp_path: Path) -> None:
    text = """
GET /a:
  cases:
    - {name: set, settings: {LIMIT: 3}, steps: [{GET: /a, expect: 200}]}
    - {name: unset, steps: [{GET: /a, expect: 200}]}
"""
    cases = cases_of(tmp_path, text)
    assert cases["set"].settings == {"LIMIT": 3}
    assert cases["unset"].settings == {}


def test_the_cases_that_every_route_needs_are_derived(tmp_path: Path) -> None:
    cases = cases_of(tmp_path, MOOD)
    asked = {
        name: [(step.user, step.expect, step.csrf) for step in case.steps]
        for name, case in cases.items()
    }
    assert asked == {
        "success": [("ben", 201, True)],
        "twice": [("ben", 201, True), ("ben", 409, True)],
        "no-session": [(None, 401, True)],
        "no-csrf": [("ben", 403, False)],
        "wrong-role": [("dev", 403, True)],
        "other-person": [("drhope", 403, True)],
        "malformed": [("ben", 400, True)],
        "invalid: mood too high": [("ben", 400, True)],
        "invalid: not even JSON": [("ben", 415, True)],
    }
    assert cases["other-person"].steps[0].query == {"username": "ada"}
    assert cases["success"].id == "POST /api/mood/log: success"
    assert {case.domain for case in cases.values()} == {"wellbeing"}


def test_a_body_given_by_a_variant_replaces_the_whole_body(tmp_path: Path) -> None:
    cases = cases_of(tmp_path, MOOD)
    assert cases["invalid: mood too high"].steps[0].json == {"mood_val": 11}
    raw = cases["invalid: not even JSON"].steps[0]
    assert (raw.raw, raw.json) == ("seven", ABSENT)
    assert cases["malformed"].steps[0].raw == '{"a":'


def test_a_route_that_only_reads_has_no_case_about_tokens_or_bodies(tmp_path: Path) -> None:
    cases = cases_of(tmp_path, "GET /a:\n  request: {as: ada}\n  expect: 200\n")
    assert set(cases) == {"success", "no-session"}
    cases = cases_of(tmp_path, "GET /a:\n  request: {}\n  expect: 200\n")
    assert set(cases) == {"success"}


def test_a_kind_is_left_out_for_a_reason(tmp_path: Path) -> None:
    text = MOOD + '  left_out: {no-csrf: "a token would prove nothing here"}\n'
    assert "no-csrf" not in cases_of(tmp_path, text)
    (entry,) = load_routes(tmp_path)
    assert entry.left_out == {"no-csrf": "a token would prove nothing here"}
    assert "gives no reason" in refused(tmp_path, MOOD + '  left_out: {no-csrf: ""}\n')
    assert "'nothing'" in refused(tmp_path, MOOD + '  left_out: {nothing: "why"}\n')


def test_a_null_body_is_a_body(tmp_path: Path) -> None:
    cases = cases_of(tmp_path, "POST /a:\n  request: {as: ada, json: null}\n  expect: 400\n")
    assert cases["success"].steps[0].json is None


def test_path_values_fill_the_rule(tmp_path: Path) -> None:
    text = """
GET /api/mood/<int:id>:
  request: {as: ada, path: {id: 3}}
  expect: 200
  not-found: {path: {id: 999}}
"""
    cases = cases_of(tmp_path, text)
    assert cases["success"].steps[0].path == "/api/mood/3"
    assert (cases["not-found"].steps[0].path, cases["not-found"].steps[0].expect) == (
        "/api/mood/999",
        404,
    )
    assert "needs path values for ['id']" in refused(tmp_path, text.replace("id: 3", ""))


def test_steps_before_belong_to_every_derived_case(tmp_path: Path) -> None:
    text = """
POST /a:
  before: [{GET: /token, expect: 200, capture: {token: csrf}}]
  request: {json: {}, headers: {X-Token: "{token}"}}
  expect: 201
  twice: {expect: 409, json: {again: true}}
"""
    cases = cases_of(tmp_path, text)
    assert [step.path for step in cases["success"].steps] == ["/token", "/a"]
    assert [step.expect for step in cases["twice"].steps] == [200, 201, 409]
    assert cases["twice"].steps[2].json == {"again": True}


def test_further_cases_say_every_step(tmp_path: Path) -> None:
    text = """
POST /a:
  cases:
    - name: tomorrow
      kind: success
      durations: {"answer.json.ms": "measured"}
      steps:
        - {as: ben, POST: /a, json: {n: 1}, expect: 201, capture: {id: a_id}}
        - {as: ben, GET: "/a/{id}", expect: 200, clock_shift: 86400}
"""
    case = cases_of(tmp_path, text)["tomorrow"]
    assert (case.kind, case.durations) == ("success", {"answer.json.ms": "measured"})
    assert [(step.method, step.path, step.clock_shift) for step in case.steps] == [
        ("POST", "/a", 0),
        ("GET", "/a/{id}", 86400),
    ]
    assert case.steps[0].capture == {"id": "a_id"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mood:\n  expect: 200\n", "METHOD /rule"),
        ("GET /a:\n  request: {who: ada}\n  expect: 200\n", "unknown keys: who"),
        ("GET /a:\n  request: {as: ada}\n", "needs an HTTP status"),
        ("GET /a:\n  request: {as: ada}\n  expect: true\n", "needs an HTTP status"),
        ("GET /a:\n  request: {json: {}, raw: x}\n  expect: 200\n", "json and raw"),
        ("GET /a:\n  cases: [{name: x, steps: []}]\n", "without steps"),
        ("GET /a:\n  cases: [{name: x, steps: [{expect: 200}]}]\n", "exactly one METHOD"),
        ("GET /a:\n  cases: [{name: x, kind: odd, steps: []}]\n", "unknown kind"),
        ("GET /a:\n  request: {}\n  expect: 200\n  invalid: [{json: {}}]\n", "without a name"),
        ("GET /a:\n  expect: 200\n  expect: 201\n", "written twice"),
        ("- GET /a\n", "no mapping of routes"),
        ("GET /a: [", "not well formed"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, why: str, tmp_path: Path) -> None:
    assert why in refused(tmp_path, text)


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    steps = "steps: [{GET: /a, expect: 200}]"
    text = f"GET /a:\n  cases:\n    - {{name: x, {steps}}}\n    - {{name: x, {steps}}}\n"
    assert "two cases named 'x'" in refused(tmp_path, text)


def test_a_route_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "auth.yaml").write_text("GET /a:\n  request: {}\n  expect: 200\n", "utf-8")
    assert "is also in auth.yaml" in refused(tmp_path, "GET /a:\n  request: {}\n  expect: 200\n")


def test_yaml_has_the_types_of_json_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text('[2026-02-04, yes, 1_000, 012, 7, -7, 1.5, 1e3, "7", null, ~, true]', "utf-8")
    read = read_yaml(file)
    assert read == ["2026-02-04", "yes", "1_000", "012", 7, -7, 1.5, 1000.0, "7", None, None, True]
    assert isinstance(read, list)
    assert [type(value) for value in read[4:8]] == [int, int, float, float]


def test_a_placeholder_is_filled_in_and_keeps_its_type_alone() -> None:
    captured = {"id": 21, "real": Real("1.5"), "name": "ada"}
    assert fill({"a": "{id}", "b": ["m/{id}", "{real}"], "{name}": 1}, captured, NOW) == {
        "a": 21,
        "b": ["m/21", 1.5],
        "ada": 1,
    }
    assert fill_text('{"a": {id}, "b": {unknown}}', captured, NOW) == '{"a": 21, "b": {unknown}}'


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{now}", "2026-02-04 10:30:00"),
        ("{now-60}", "2026-02-04 10:29:00"),
        ("{now+86400 %Y-%m-%dT%H:%M}", "2026-02-05T10:30"),
        ("{today}", "2026-02-04"),
        ("{today-35 %d.%m.%Y}", "31.12.2025"),
    ],
)
def test_times_lie_around_the_clock_of_the_case(text: str, filled: str) -> None:
    assert fill_text(text, {}, NOW) == filled


def test_values_are_captured_from_answer_headers_and_mail() -> None:
    answer = {"logs": [{"id": 3}], "deep": {"x": None}}
    mails = [{"kind": "mail", "text": "code 123456"}, {"kind": "mail", "text": "code 654321"}]

    def picked(source: str) -> object:
        return pick(source, answer=answer, headers={"Location": "/a/3"}, effects=mails)

    assert picked("logs.0.id") == 3
    assert picked("header:Location") == "/a/3"
    assert picked(r"mail:code (\d+)") == "654321"
    assert [picked(source) for source in ("logs.1.id", "logs.x", "no", "mail:none")] == [None] * 4


def test_the_table_of_routes_is_read_from_a_file_or_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("GET /a: {domain: a, auth: any, status: 200, writes: [x.y]}\n", "utf-8")
    assert load_table(file) == load_table(tmp_path)
    assert load_table(file)["GET /a"].writes == {"x.y"}
    file.write_text("GET /a: {domain: a, auth: any, status: 200, writes: x.y}\n", "utf-8")
    with pytest.raises(CaseFileError, match="list of names"):
        load_table(file)
    file.write_text("GET /a: {answers: 200}\n", "utf-8")
    with pytest.raises(CaseFileError, match="nothing else"):
        load_table(file)
