"""Protected fields: encrypted, renewed under another key, found by their hash."""

import pytest
from api_support import make_app
from cryptography.fernet import Fernet

from api.security import encryption


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path)


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.mark.parametrize("text", ["Ada Lovelace", "Zoë 🌱", "a\nb", "x" * 5000])
def test_a_value_comes_back(text):
    token = encryption.encrypt(text)

    assert text not in token
    assert encryption.decrypt(token) == text


def test_equal_values_look_different():
    assert encryption.encrypt("same") != encryption.encrypt("same")


@pytest.mark.parametrize("value", ["", None])
def test_empty_and_null_stay_what_they_are(value):
    assert encryption.encrypt(value) == value
    assert encryption.decrypt(value) == value


@pytest.mark.parametrize("stored", ["plain text", "gAAAAAB", "é"])
def test_plain_text_is_never_passed_on(stored):
    with pytest.raises(encryption.DecryptionFailed, match="ENCRYPTION_KEY"):
        encryption.decrypt(stored)


def test_a_new_key_in_front_still_opens_old_values(tmp_path):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    with make_app(tmp_path, ENCRYPTION_KEY=old).app_context():
        token = encryption.encrypt("Ada")
        found_by = encryption.lookup_hash("ada@example.org")
    with make_app(tmp_path, ENCRYPTION_KEY=f"{new},{old}").app_context():
        assert encryption.decrypt(token) == "Ada"
        assert encryption.lookup_hash("ada@example.org") == found_by
        Fernet(new).decrypt(encryption.encrypt("Ada"))
    with (
        make_app(tmp_path, ENCRYPTION_KEY=new).app_context(),
        pytest.raises(encryption.DecryptionFailed),
    ):
        encryption.decrypt(token)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.org", " ada@example.ORG "),
        ("STRASSE@example.org", "straße@example.org"),
        ("+44 20 7946-0000", "442079460000"),
    ],
)
def test_spellings_of_one_identifier_have_one_hash(one, other):
    assert encryption.lookup_hash(one) == encryption.lookup_hash(other)


@pytest.mark.parametrize(
    ("one", "other"), [("a@example.org", "b@example.org"), ("unknown", "none"), ("1", "2")]
)
def test_different_identifiers_have_different_hashes(one, other):
    assert encryption.lookup_hash(one) != encryption.lookup_hash(other)


def test_the_hash_depends_on_the_key(tmp_path):
    here = encryption.lookup_hash("ada@example.org")
    with make_app(tmp_path, SECRET_KEY="another").app_context():
        assert encryption.lookup_hash("ada@example.org") != here


def test_a_reader_outside_the_application_opens_values(tmp_path):
    config = {"TESTING": True, "SECRET_KEY": "s", "ENCRYPTION_KEY": Fernet.generate_key()}
    config["ENCRYPTION_KEY"] = config["ENCRYPTION_KEY"].decode()
    with make_app(tmp_path, **config).app_context():
        token = encryption.encrypt("Ada")

    read = encryption.reader(config)

    assert (read(token), read("")) == ("Ada", "")
    with pytest.raises(encryption.DecryptionFailed):
        read("Ada")
