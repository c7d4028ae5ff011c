"""A patient's record as a FHIR R4 bundle: a pure function of the records and of the clock.

    Patient       one, named by user name and, where it is known, NHS number
    Observation   one per questionnaire result, with LOINC's code for its total score
    Observation   one per mood, with sleep, medication and notes
    Provenance    who exported all this, and when; where a clinician did, a Practitioner, too

FHIR knows no empty values: what is unknown is left out. A time that is unknown is marked as
such. Published at https://hl7.org/fhir/R4; the records come from `api.exports`.

`signed` wraps a bundle with an HMAC-SHA256 over the UTF-8 text that `json.dumps(bundle,
indent=2, sort_keys=True)` makes of it. Whoever has the key can make that text from the answer.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Resource = dict[str, Any]

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
LOINC = "http://loinc.org"
UNITS = "http://unitsofmeasure.org"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
CONDITIONS = "http://example.org/fhir/StructureDefinition/conditions"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

SCALES = {
    "PHQ-9": ("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]"),
    "GAD-7": ("70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]"),
}
SURVEY = [{"coding": [{"system": f"{TERMINOLOGY}/observation-category", "code": "survey"}]}]
AUTHOR = {"coding": [{"system": f"{TERMINOLOGY}/provenance-participant-type", "code": "author"}]}

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Patient:
    """Whose record it is; `birth_date` is what they typed."""

    username: str
    full_name: str | None = None
    birth_date: str | None = None
    conditions: str | None = None
    nhs_number: str | None = None


@dataclass(frozen=True)
class Result:
    """The result of a questionnaire."""

    id: int
    scale: str
    score: int
    severity: str | None
    time: datetime | None


@dataclass(frozen=True)
class Mood:
    """A mood from 1 to 10 and hours of sleep; `time` is a day where no more is known."""

    id: int
    mood: int
    sleep: float | None
    medication: str | None
    notes: str | None
    time: datetime | date | None


@dataclass(frozen=True)
class Author:
    """Who exports: the patient or a clinician."""

    username: str
    is_clinician: bool


def bundle(
    patient: Patient,
    results: Sequence[Result],
    moods: Sequence[Mood],
    *,
    author: Author,
    base: str,
    now: datetime,
) -> Resource:
    """Return the bundle; `base` is the URL that names its resources, `now` is aware."""
    subject = {"reference": f"Patient/{_id(patient.username)}"}
    resources = [
        _patient(patient, base),
        *(_result(result, subject, base) for result in results),
        *(_mood(mood, subject, base) for mood in moods),
    ]
    exporter = _practitioner(author, base) if author.is_clinician else resources[0]
    trace = _provenance(resources, exporter, subject, now)
    resources += [exporter, trace] if author.is_clinician else [trace]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _time(now),
        "entry": [
            {"fullUrl": f"{base}/{_reference(resource)}", "resource": resource}
            for resource in resources
        ],
    }


def signed(bundle: Resource, *, key: str, now: datetime) -> Resource:
    """Return the bundle with its signature beside it."""
    text = json.dumps(bundle, indent=2, sort_keys=True)
    value = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        "signedBundle": bundle,
        "signature": {"algorithm": "hmac-sha256", "value": value, "generatedAt": _time(now)},
    }


def birth_date(typed: str | None) -> str | None:
    """Return a typed date of birth as FHIR spells it, None unless it can mean one day only.

    03/04/1988 is another day on either side of the Atlantic; none is better than a wrong one.
    """
    text = (typed or "").strip()
    found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text)
    if found:
        first, second, year = (int(part) for part in found.groups())
        readings = {_day(year, second, first), _day(year, first, second)} - {None}
        return readings.pop() if len(readings) == 1 else None
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    return _day(*(int(part) for part in found.groups())) if found else None


def _patient(patient: Patient, base: str) -> Resource:
    conditions = _text(patient.conditions)
    nhs_number = re.sub(r"\s", "", patient.nhs_number or "")
    return _filled(
        resourceType="Patient",
        id=_id(patient.username),
        identifier=[
            {"system": f"{base}/username", "value": patient.username},
            *([{"system": NHS_NUMBER, "value": nhs_number}] if _is_nhs(nhs_number) else []),
        ],
        name=[{"text": _text(patient.full_name) or patient.username}],
        birthDate=birth_date(patient.birth_date),
        extension=[{"url": CONDITIONS, "valueString": conditions}] if conditions else [],
    )


def _result(result: Result, subject: Resource, base: str) -> Resource:
    code, display = SCALES.get(result.scale, (None, None))
    severity = _text(result.severity)
    return _filled(
        **_observation(f"scale-{result.id}", subject, base),
        **_effective(result.time),
        code=_filled(
            coding=[{"system": LOINC, "code": code, "display": display}] if code else [],
            text=_text(result.scale) or "Unknown",
        ),
        valueQuantity=_quantity(result.score, "{score}"),
        interpretation=[{"text": severity}] if severity else [],
    )


def _mood(mood: Mood, subject: Resource, base: str) -> Resource:
    medication, notes = _text(mood.medication), _text(mood.notes)
    component: list[Resource] = [
        _component("mood_val", valueQuantity=_quantity(mood.mood, "{score}"))
    ]
    if mood.sleep is not None:
        component.append(_component("sleep_val", valueQuantity=_quantity(mood.sleep, "h")))
    if medication:
        component.append(_component("meds", valueString=medication))
    return _filled(
        **_observation(f"mood-{mood.id}", subject, base),
        **_effective(mood.time),
        code={"text": "Mood Log"},
        component=component,
        note=[{"text": notes}] if notes else [],
    )


def _observation(id: str, subject: Resource, base: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": id,
        "identifier": [{"system": f"{base}/observation", "value": id}],
        "status": "final",
        "category": SURVEY,
        "subject": subject,
    }


def _component(name: str, **value: Any) -> Resource:
    return {"code": {"text": name}, **value}


def _practitioner(author: Author, base: str) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": _id(author.username),
        "identifier": [{"system": f"{base}/username", "value": author.username}],
    }


def _provenance(
    resources: Sequence[Resource], exporter: Resource, subject: Resource, now: datetime
) -> Resource:
    return {
        "resourceType": "Provenance",
        "id": "export",
        "target": [{"reference": _reference(resource)} for resource in resources],
        "recorded": _time(now),
        "agent": [{"type": AUTHOR, "who": {"reference": _reference(exporter)}}],
        "entity": [{"role": "source", "what": subject}],
    }


def _id(username: str) -> str:
    """Return the name where it may be an id of FHIR, else a UUID that stands for it."""
    if re.fullmatch(r"[A-Za-z0-9.-]{1,64}", username):
        return username
    return str(uuid.uuid5(uuid.NAMESPACE_OID, username))


def _reference(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _effective(time: datetime | date | None) -> Resource:
    if time is None:
        return {"_effectiveDateTime": {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}}
    return {"effectiveDateTime": _time(time)}


def _time(time: datetime | date) -> str:
    """Spell a moment in UTC, or a day."""
    if isinstance(time, datetime):
        return f"{time:%Y-%m-%dT%H:%M:%SZ}"
    return time.isoformat()


def _quantity(value: float, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UNITS, "code": unit}


def _text(text: str | None) -> str:
    """Return text as FHIR takes it: no blanks around it, no control characters but new lines."""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text or "").strip()


def _is_nhs(number: str) -> bool:
    return re.fullmatch(r"[0-9]{10}", number) is not None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _filled(**values: Any) -> Resource:
    """Return the values that are not empty."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
