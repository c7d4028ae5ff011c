"""Approvals under parallel decisions, and what stays of earlier ones."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, close_pools, get_db


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_a_request_is_decided_once(app: Flask) -> None:
    answers = Browser(app, "drgrace").at_once(6, "/api/approvals/6/approve")
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    accepted = "SELECT id FROM notifications WHERE notification_type = 'approval_accepted'"
    assert len(rows(app, MAIN, f"{accepted} AND recipient_username = 'fay'")) == 1


@pytest.mark.parametrize(("asked", "linked"), [("drhope", "drgrace"), ("drgrace", "drgrace")])
def test_a_declined_patient_goes_back_to_who_treats_them(
    app: Flask, asked: str, linked: str
) -> None:
    with app.app_context():
        get_db().run(
            "INSERT INTO patient_approvals (id, patient_username, clinician_username, status)"
            " VALUES (90, 'ada', $1, 'pending')",
            asked,
        )
        get_db().run("UPDATE users SET clinician_id = $1 WHERE username = 'ada'", asked)
        get_db().commit()
    assert Browser(app, asked).post("/api/approvals/90/reject").status_code == 200
    found = rows(app, MAIN, "SELECT clinician_id FROM users WHERE username = 'ada'")
    assert found == [{"clinician_id": linked}]
