"""The pages as files: typed, cached with care, without inline code. In a browser: tests/browser."""

import re
from pathlib import Path

import pytest
from api_support import make_app
from flask.testing import FlaskClient

from api.pages import FOLDER, TYPES

FILES = sorted(FOLDER.iterdir())
PAGES = [file for file in FILES if file.suffix == ".html"]


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return make_app(tmp_path).test_client()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_has_a_type_of_ours(client: FlaskClient, file: Path) -> None:
    answer = client.get(f"/static/{file.relative_to(FOLDER)}")
    assert answer.mimetype == TYPES[file.suffix]
    assert answer.data == file.read_bytes()


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/static/app.js").headers["ETag"]
    again = client.get("/static/app.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_needs_no_inline_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "default-src 'self'" in text
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(client: FlaskClient, page: Path) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', page.read_text(encoding="utf-8"))
    assert named
    assert {client.get(path).status_code for path in named} == {200}
