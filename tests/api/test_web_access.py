"""Who may see whom: oneself, and a clinician the approved patients."""

import pytest
from api_support import add_user
from sample_routes import log_in, sample_app

from api.access import Caller, clinicians_of, own_name
from api.db import get_db
from api.errors import Forbidden


@pytest.fixture
def app(tmp_path):
    return sample_app(tmp_path)


@pytest.fixture
def client(app):
    return app.test_client()


def relate(app, status: str) -> None:
    with app.app_context():
        get_db().run(
            "INSERT INTO patient_approvals (patient_username, clinician_username, status)"
            " VALUES ($1, $2, $3)",
            "ada",
            "grace",
            status,
        )
        get_db().commit()


def test_everybody_sees_themselves(client):
    log_in(client, "ada")

    assert client.get("/patients/ada").json == {"patient": "ada"}


@pytest.mark.parametrize(
    ("status", "seen"), [("pending", 403), ("rejected", 403), ("approved", 200)]
)
def test_a_clinician_sees_a_patient_by_an_approved_relation(app, client, status, seen):
    relate(app, status)
    log_in(client, "grace")

    assert client.get("/patients/ada").status_code == seen


def test_a_stranger_and_nobody_are_refused_alike(app, client):
    add_user(app, "ben")
    log_in(client, "grace")

    stranger, nobody = client.get("/patients/ben"), client.get("/patients/nobody")

    assert stranger.status_code == 403
    assert stranger.data == nobody.data


def test_what_is_for_oneself_is_not_for_ones_clinician(app):
    relate(app, "approved")
    grace = Caller("grace", "clinician")

    assert own_name(grace, None) == own_name(grace, "grace") == "grace"
    with pytest.raises(Forbidden):
        own_name(grace, "ada")


def test_the_clinicians_of_a_patient_are_those_approved(app):
    relate(app, "approved")
    relate(app, "approved")
    add_user(app, "hope", "clinician")

    with app.app_context():
        assert clinicians_of("ada") == ["grace"]
        assert clinicians_of("grace") == []


def test_a_patient_does_not_see_the_clinician(app, client):
    relate(app, "approved")
    log_in(client, "ada")

    assert client.get("/patients/grace").status_code == 403
