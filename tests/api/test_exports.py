"""Exports on both engines: bundles that a validator takes, signatures, file names, equal bytes."""

import csv
import hashlib
import hmac
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from seeded import ENGINES, Browser, seeded_app

from api.db import close_pools
from fixtures.seed.protection import ENCRYPTION_KEY

PATIENTS = ("ada", "ben", "zoë", "dan", "eve", "fay")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
CODES = {"PHQ-9": "44261-6", "GAD-7": "70274-6"}


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path / "seed")
    yield app
    close_pools(app)


@pytest.fixture
def reference(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app("sqlite", request, tmp_path / "reference")
    yield app
    close_pools(app)


def fhir_of(app: Flask, caller: str, person: str) -> dict[str, Any]:
    answer = Browser(app, caller).send("GET", f"/api/export/fhir?username={person}")
    assert answer.status_code == 200
    bundle: dict[str, Any] = answer.json["bundle"]
    return bundle


def test_every_bundle_is_valid_fhir(app: Flask) -> None:
    """Against R4B, which has these four resources exactly as R4 has them."""
    pairs = [(person, person) for person in PATIENTS] + [("drgrace", "ada"), ("drhope", "dan")]
    for caller, person in pairs:
        bundle = fhir_of(app, caller, person)["signedBundle"]
        Bundle.model_validate(bundle)
        assert bundle["type"] == "collection"
        assert TIME.fullmatch(bundle["timestamp"])
        assert [*empty_values(bundle)] == []
        assert [*references(bundle)] != []
        assert set(references(bundle)) <= {
            f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
            for entry in bundle["entry"]
        }


def test_names_of_resources_agree_with_their_addresses(app: Flask) -> None:
    entries = fhir_of(app, "ada", "ada")["signedBundle"]["entry"]
    addresses = [entry["fullUrl"] for entry in entries]
    assert len(set(addresses)) == len(addresses)
    for entry in entries:
        resource = entry["resource"]
        assert entry["fullUrl"].endswith(f"/fhir/{resource['resourceType']}/{resource['id']}")
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", resource["id"])


def test_observations_are_final_about_the_patient_and_coded(app: Flask) -> None:
    bundle = fhir_of(app, "ada", "ada")["signedBundle"]
    found = [entry["resource"] for entry in bundle["entry"]]
    observations = [item for item in found if item["resourceType"] == "Observation"]
    assert {item["status"] for item in observations} == {"final"}
    assert {item["subject"]["reference"] for item in observations} == {"Patient/ada"}
    coded = [item for item in observations if "coding" in item["code"]]
    assert len(coded) == 6
    for item in coded:
        (coding,) = item["code"]["coding"]
        assert (coding["system"], coding["code"]) == (
            "http://loinc.org",
            CODES[item["code"]["text"]],
        )
        assert TIME.fullmatch(item["effectiveDateTime"])


def test_who_was_given_the_key_can_check_the_signature(app: Flask) -> None:
    bundle = fhir_of(app, "zoë", "zoë")
    text = json.dumps(bundle["signedBundle"], indent=2, sort_keys=True)
    value = hmac.new(ENCRYPTION_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert bundle["signature"]["value"] == value


@pytest.mark.parametrize(
    ("caller", "person", "form", "disposition"),
    [
        ("ada", "ada", "csv", "attachment; filename=ada_data.csv"),
        (
            "zoë",
            "zoë",
            "csv",
            "attachment; filename=zoe_data.csv; filename*=UTF-8''zo%C3%AB_data.csv",
        ),
        ("drgrace", "eve", "pdf", "attachment; filename=eve_wellness_report.pdf"),
    ],
)
def test_files_are_named_after_the_patient(
    app: Flask, caller: str, person: str, form: str, disposition: str
) -> None:
    answer = Browser(app, caller).send("GET", f"/api/export/{form}?username={person}")
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("person", PATIENTS)
def test_the_files_are_equal_to_the_byte_on_both_engines(
    app: Flask, reference: Flask, person: str
) -> None:
    ours, theirs = Browser(app, person), Browser(reference, person)
    for form in ("csv", "pdf", "fhir"):
        path = f"/api/export/{form}"
        assert ours.send("GET", path).data == theirs.send("GET", path).data


def test_a_reader_of_csv_finds_every_cell(app: Flask) -> None:
    text = Browser(app, "zoë").send("GET", "/api/export/csv").text
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1:5] == [
        ["username", "zoë"],
        ["full_name", "Zoë Weißgerber-İnce 🌻"],
        ["dob", "31/12/1999"],
        ["conditions", "Prüfungsangst"],
    ]
    assert 'said "fine",\tthen\nnothing \\ at all' in rows[8]
    titles = [row[0] for row in rows if len(row) == 1]
    assert titles == ["USER PROFILE", "MOOD_LOGS", "GRATITUDE_LOGS", "CBT_RECORDS",
                      "CLINICAL_SCALES"]  # fmt: skip


def empty_values(value: Any) -> Iterator[Any]:
    """Yield what FHIR does not allow: null, empty text, empty lists and objects."""
    if value in (None, "", [], {}):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from empty_values(part)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (part for key, part in value.items() if key == "reference")
        value = [*value.values()]
    if isinstance(value, list):
        for part in value:
            yield from references(part)
