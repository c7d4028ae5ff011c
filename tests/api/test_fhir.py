"""The FHIR bundle: what of a record cannot be taken as it is, and the signature."""

import hashlib
import hmac
import json
from datetime import UTC, date, datetime

import pytest
from fhir.resources.R4B.bundle import Bundle

from api.integrations import fhir
from api.integrations.fhir import Author, Mood, Patient, Resource, Result

NOW = datetime(2026, 2, 4, 10, 30, tzinfo=UTC)
BASE = "https://clinic.example.org/fhir"


def bundle(
    patient: Patient,
    results: tuple[Result, ...] = (),
    moods: tuple[Mood, ...] = (),
    *,
    author: Author | None = None,
) -> list[Resource]:
    """Return the resources of a bundle that a validator takes."""
    author = author or Author(patient.username, is_clinician=False)
    built = fhir.bundle(patient, results, moods, author=author, base=BASE, now=NOW)
    Bundle.model_validate(built)
    return [entry["resource"] for entry in built["entry"]]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1988-03-04", "1988-03-04"),
        (" 1988-03-04 ", "1988-03-04"),
        ("31/12/1999", "1999-12-31"),
        ("12/31/1999", "1999-12-31"),
        ("31.12.1999", "1999-12-31"),
        ("5/5/2001", "2001-05-05"),
        ("03/04/1988", None),
        ("31/02/1999", None),
        ("1999-02-30", None),
        ("1999", None),
        ("last spring", None),
        ("", None),
        (None, None),
    ],
)
def test_a_birthday_is_given_where_it_can_mean_one_day_only(
    typed: str | None, day: str | None
) -> None:
    assert fhir.birth_date(typed) == day


@pytest.mark.parametrize("username", ["zoë", "under_score", "a+b@example.org", "n" * 65])
def test_a_name_that_is_no_id_has_one_that_stands_for_it(username: str) -> None:
    patient, _ = bundle(Patient(username))
    assert patient["id"] != username
    assert patient["identifier"][0]["value"] == username
    assert patient["name"] == [{"text": username}]
    assert patient["id"] != bundle(Patient(f"{username}2"))[0]["id"]


@pytest.mark.parametrize(
    ("number", "kept"), [("999 000 1111", "9990001111"), ("12345", None), ("", None), (None, None)]
)
def test_an_nhs_number_is_given_where_it_is_one(number: str | None, kept: str | None) -> None:
    patient, _ = bundle(Patient("ada", nhs_number=number))
    systems = {item["system"]: item["value"] for item in patient["identifier"]}
    assert systems.get("https://fhir.nhs.uk/Id/nhs-number") == kept


def test_control_characters_do_not_leave_the_house() -> None:
    mood = Mood(1, 5, None, " \x01 ", "bell\x07, tab\t and\nline ", date(2026, 2, 3))
    _, observation, _ = bundle(Patient("ada", conditions="\x0b", full_name=" "), moods=(mood,))
    assert observation["note"] == [{"text": "bell�, tab\t and\nline"}]
    assert observation["effectiveDateTime"] == "2026-02-03"


def test_a_scale_without_a_code_is_named() -> None:
    results = (Result(1, "WEMWBS", 40, "", None), Result(2, "", 0, None, NOW))
    _, first, second, _ = bundle(Patient("ada"), results)
    assert first["code"] == {"text": "WEMWBS"}
    assert "interpretation" not in first
    assert second["code"] == {"text": "Unknown"}
    assert second["valueQuantity"]["value"] == 0


def test_a_clinician_who_exports_is_in_the_bundle() -> None:
    *_, practitioner, provenance = bundle(Patient("ada"), author=Author("dr_hope", True))
    assert practitioner["resourceType"] == "Practitioner"
    assert practitioner["identifier"][0]["value"] == "dr_hope"
    who = provenance["agent"][0]["who"]["reference"]
    assert who == f"Practitioner/{practitioner['id']}"


def test_the_signature_can_be_checked_from_what_is_sent() -> None:
    built = fhir.bundle(
        Patient("zoë"), (), (Mood(1, 5, 7.0, None, None, NOW),),
        author=Author("zoë", False), base=BASE, now=NOW,
    )  # fmt: skip
    sent = json.loads(json.dumps(fhir.signed(built, key="secret", now=NOW), sort_keys=True))
    text = json.dumps(sent["signedBundle"], indent=2, sort_keys=True)
    expected = hmac.new(b"secret", text.encode(), hashlib.sha256).hexdigest()
    assert sent["signature"] == {
        "algorithm": "hmac-sha256",
        "value": expected,
        "generatedAt": "2026-02-04T10:30:00Z",
    }
