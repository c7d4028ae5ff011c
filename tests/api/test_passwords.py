"""Hashes of passwords and PINs, the earlier versions' too, and the rules for new ones."""

import hashlib

import bcrypt
import pytest
from api_support import PASSWORD, make_app
from cryptography.fernet import Fernet

from api.errors import ValidationFailed
from api.security import passwords

PRODUCTION = {
    "TESTING": False,
    "SECRET_KEY": "long enough for production, and random",
    "ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "ARGON2_COST": "production",
}


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path)


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def test_only_the_same_text_fits():
    stored = passwords.hash_password(PASSWORD)

    assert passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, PASSWORD.lower())
    assert not passwords.verify(stored, "")


def test_equal_texts_have_different_hashes():
    assert passwords.hash_password("4821") != passwords.hash_password("4821")


@pytest.mark.parametrize("stored", [None, "", "plain text", "$argon2id$broken"])
def test_nothing_fits_what_is_no_hash(stored):
    assert not passwords.verify(stored, stored or "")


def test_the_cost_is_the_least_in_tests():
    assert passwords.hash_password("x").startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_the_cost_in_production_is_that_of_the_library(tmp_path):
    with make_app(tmp_path, **PRODUCTION).app_context():
        assert passwords.hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_unknown_account_costs_a_verification_of_the_same_strength(tmp_path):
    with make_app(tmp_path, **PRODUCTION).app_context():
        hasher = passwords._hasher()

        assert not hasher.check_needs_rehash(passwords._nobody(hasher))
        assert not passwords.verify(None, PASSWORD)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is required"),
        ("Ab1!", "must have at least 8 characters"),
        ("ABCDEFG1!", "must contain a lower-case letter"),
        ("abcdefg1!", "must contain an upper-case letter"),
        ("Abcdefgh!", "must contain a digit"),
        ("Abcdefgh1", "must contain one of !@#$%^&*()_+-=[]{}|;:,.<>?"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule_it_breaks(text, message):
    with pytest.raises(ValidationFailed) as failure:
        passwords.check_rules(text, field="new_password")

    assert failure.value.fields == {"new_password": message}


@pytest.mark.parametrize("sign", "!@#$%^&*()_+-=[]{}|;:,.<>?")
def test_any_listed_sign_will_do(sign):
    passwords.check_rules(f"Abcdefg1{sign}")


@pytest.mark.parametrize(
    ("text", "fits"), [("4821", True), ("482", False), ("48211", False), ("٤٨٢١", False)]
)
def test_a_pin_is_four_digits(text, fits):
    assert passwords.is_pin(text) is fits


def test_limits_counted_by_a_server_that_does_not_answer(tmp_path):
    """Whoever cannot count does not let everybody in, and says when to try again."""
    app = make_app(tmp_path, LIMITS_STORAGE="redis://:hidden@127.0.0.1:1")
    answer = app.test_client().get("/api/csrf-token")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "hidden" not in answer.text
    assert app.test_client().get("/api/health").status_code == 200


OLD_PASSWORDS = {
    "bcrypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    "bcrypt, of a long one": bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode(),
    "pbkdf2": "pbkdf2$"
    + hashlib.pbkdf2_hmac(
        "sha256",
        PASSWORD.encode(),
        hashlib.sha256(PASSWORD.encode()).hexdigest()[:16].encode(),
        200_000,
    ).hex(),
    "sha256": hashlib.sha256(PASSWORD.encode()).hexdigest(),
}


@pytest.mark.parametrize("form", OLD_PASSWORDS)
def test_a_hash_of_an_earlier_version_fits_and_is_outdated(tmp_path, form: str) -> None:
    text = "x" * 80 if "long" in form else PASSWORD
    with make_app(tmp_path).app_context():
        assert passwords.verify(OLD_PASSWORDS[form], text)
        assert not passwords.verify(OLD_PASSWORDS[form], "y" + text)
        assert passwords.is_outdated(OLD_PASSWORDS[form])


@pytest.mark.parametrize("stored", ["$2b$04$short", "$2", "pbkdf2$", "pbkdf2$zz", "0" * 64, "4821"])
def test_what_only_looks_like_an_old_hash_fits_nothing(tmp_path, stored: str) -> None:
    with make_app(tmp_path, PIN_SALT="salt").app_context():
        assert not passwords.verify(stored, "4821")
        assert not passwords.verify_pin(stored, "4821")


def test_a_pin_of_an_earlier_version_fits_by_its_salt(tmp_path) -> None:
    salt = hashlib.sha256(b"salt").hexdigest()[:16].encode()
    stored = "pbkdf2$" + hashlib.pbkdf2_hmac("sha256", b"4821", salt, 100_000).hex()
    for number, (given, fits) in enumerate([("salt", True), ("other", False), (None, False)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with make_app(folder, **({"PIN_SALT": given} if given else {})).app_context():
            assert passwords.verify_pin(stored, "4821") is fits
    with make_app(tmp_path).app_context():
        hashed = bcrypt.hashpw(b"4821", bcrypt.gensalt(4)).decode()
        assert passwords.verify_pin(hashed, "4821")
        assert not passwords.verify_pin(hashed, "4822")
