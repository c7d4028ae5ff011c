"""The pages in a real browser, on both engines, as in production."""

from collections.abc import Iterator

import pytest
from devtools import Page, chromium, new_page
from serving import ENGINES, serving

from fixtures.seed.protection import PASSWORD, PIN
from migration.db.server import RunningServer

PHONE, DESK = 360, 1280
IDLE = "!document.querySelector('[aria-busy]')"


@pytest.fixture(scope="module")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture(scope="module", params=ENGINES)
def site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    server: RunningServer,
) -> Iterator[str]:
    with serving(request.param, tmp_path_factory.mktemp(request.param), server) as address:
        yield address


@pytest.fixture
def page(devtools: str, site: str) -> Iterator[Page]:
    """The root page, freshly opened by nobody in particular."""
    with new_page(devtools) as page:
        page.resize(DESK)
        page.open(site)
        page.wait(seen("login"))
        yield page
        assert page.faults == []


def seen(section: str) -> str:
    return f"document.querySelector('#{section}:not([hidden])') !== null"


def log_in(page: Page, username: str, pin: str = PIN) -> None:
    page.type("#username", username)
    page.type("#password", PASSWORD)
    page.type("#pin", pin)
    page.click("#login button")


def overflows(page: Page) -> bool:
    return bool(page.value("document.documentElement.scrollWidth > window.innerWidth"))


def test_a_wrong_pin_is_refused_in_words(page: Page) -> None:
    log_in(page, "ada", pin="0000")
    assert "wrong" in page.wait("document.querySelector('#failure').innerText")
    assert page.value(seen("login"))


def test_a_patient_sees_the_day(page: Page) -> None:
    log_in(page, "ada")
    page.wait(f"{seen('day')} && {IDLE}")
    assert page.text("#who") == "ada"
    assert "of 10" in page.text("#mood")
    assert "Not logged today" in page.text("#mood")
    assert page.value("document.querySelectorAll('#tasks li').length") == 6
    assert "of 6 done" in page.text("#tasks")
    assert "the longest was" in page.text("#streak")
    assert "Biscuit" in page.text("#pet")
    assert page.value("document.querySelectorAll('#pet meter').length") == 4
    assert page.value("document.activeElement.innerText") == "Your day"


def test_five_tasks_are_done_and_one_is_left(page: Page) -> None:
    log_in(page, "eve")
    page.wait(f"{seen('day')} && {IDLE}")
    assert "5 of 6 done" in page.text("#tasks")
    left = page.value("document.querySelector('#tasks li:not(.done)').innerText")
    assert left.startswith("Log your mood")


@pytest.mark.parametrize(
    ("username", "card", "words"),
    [("ben", "#mood", "not logged a mood yet"), ("fay", "#pet", "no pet yet")],
)
def test_what_is_not_there_yet_is_said(page: Page, username: str, card: str, words: str) -> None:
    log_in(page, username)
    page.wait(f"{seen('day')} && {IDLE}")
    assert words in page.text(card)


def test_a_clinician_sees_the_patients(page: Page) -> None:
    log_in(page, "drgrace")
    page.wait(f"{seen('patients')} && {IDLE}")
    names = page.value("[...document.querySelectorAll('tbody th')].map((cell) => cell.innerText)")
    assert sorted(names) == ["ada", "eve", "zoë"]


def test_a_clinician_without_patients_is_told_so(page: Page) -> None:
    log_in(page, "drnone")
    page.wait(f"{seen('patients')} && {IDLE}")
    assert "No patient" in page.text("#list")


def test_logging_out_leaves_nothing_behind(page: Page, site: str) -> None:
    log_in(page, "ada")
    page.wait(f"{seen('day')} && {IDLE}")
    page.click("#logout")
    page.wait(seen("login"))
    assert page.value("document.querySelector('#pet > div').textContent") == ""
    assert page.value("document.querySelector('#password').value") == ""
    page.open(site)
    page.wait(seen("login"))


def test_the_session_outlives_a_reload_and_ends_in_words(page: Page, site: str) -> None:
    log_in(page, "ada")
    page.wait(f"{seen('day')} && {IDLE}")
    page.open(site)
    page.wait(f"{seen('day')} && {IDLE}")
    page.command("Network.clearBrowserCookies")
    page.open(f"{site}/?again")
    page.wait(seen("login"))
    assert "session has ended" in page.text("#failure")


@pytest.mark.parametrize(("username", "section"), [("ada", "day"), ("drgrace", "patients")])
def test_a_phone_is_wide_enough(page: Page, username: str, section: str) -> None:
    page.resize(PHONE)
    assert not overflows(page)
    log_in(page, username)
    page.wait(f"{seen(section)} && {IDLE}")
    assert not overflows(page)


def test_the_diagnostic_page_finds_everything_in_order(page: Page, site: str) -> None:
    page.open(f"{site}/diagnostic")
    page.wait("/: yes(?!.*…)/s.test(document.querySelector('#checks')?.innerText ?? '')")
    lines = page.text("#checks").splitlines()
    assert len(lines) == 4
    assert all(line.endswith(": yes") for line in lines), lines
