"""Alerts: of several clinicians who acknowledge one at once, one does."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from seeded import ENGINES, Browser, rows, seeded_app

from api.db import MAIN, close_pools


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = seeded_app(request.param, request, tmp_path)
    yield app
    close_pools(app)


def test_an_alert_is_acknowledged_once(app: Flask) -> None:
    answers = Browser(app, "drgrace").at_once(8, "/api/clinician/alerts/2/acknowledge")
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    trail = "SELECT details FROM audit_logs WHERE action = 'alert_acknowledged'"
    assert rows(app, MAIN, trail) == [{"details": "2 by drgrace"}]
