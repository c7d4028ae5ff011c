"""Appointments under parallel requests and in summer time."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, close_pools, get_db

BOOKING = {"patient_username": "eve", "appointment_date": "2026-02-10T09:00"}


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_of_bookings_at_once_one_gets_the_time(app: Flask) -> None:
    answers = Browser(app, "drgrace").at_once(8, "/api/appointments", BOOKING)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    booked = rows(app, MAIN, "SELECT id FROM appointments WHERE created_at = '2026-02-04 10:30:00'")
    assert len(booked) == 1


def test_a_patient_of_two_clinicians_has_one_appointment_at_a_time(app: Flask) -> None:
    with app.app_context():
        get_db().run(
            "INSERT INTO patient_approvals (patient_username, clinician_username, status)"
            " VALUES ('eve', 'drhope', 'approved')"
        )
        get_db().commit()
    hope, grace = Browser(app, "drhope"), Browser(app, "drgrace")
    assert hope.post("/api/appointments", BOOKING).status_code == 201
    assert grace.post("/api/appointments", BOOKING).status_code == 409
    later = BOOKING | {"appointment_date": "2026-02-10T09:00:01Z"}
    assert grace.post("/api/appointments", later).status_code == 201


def test_messages_spell_times_in_the_zone_of_the_users(app: Flask) -> None:
    summer = BOOKING | {"appointment_date": "2026-07-10T23:30Z"}
    assert Browser(app, "drgrace").post("/api/appointments", summer).status_code == 201
    told = "SELECT message FROM notifications WHERE recipient_username = 'eve' ORDER BY id DESC"
    assert rows(app, MAIN, told)[0]["message"].endswith("on Saturday, 11 July 2026 at 00:30")
