"""Settings: where they come from, what is refused, and what no message may say."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet

from api import create_app
from api.db import MAIN, PET, TRAINING, close_pools, get_db
from api.db.addresses import Address, PostgresAddress, SqliteAddress, mask, parse
from api.settings import Settings, SettingsError, load

KEY = Fernet.generate_key().decode()
PRODUCTION = {"SECRET_KEY": "a long and random text", "ENCRYPTION_KEY": KEY}
TESTING = {"TESTING": True, "SECRET_KEY": "x"}
SERVER = {"DB_HOST": "db.example", "DB_USER": "ada", "DB_PASSWORD": "p@ss/w:rd", "DB_NAME": "one"}
URL = "postgresql://ada:hunter2@db.example/one"


def databases(**environ: str) -> dict[str, Address]:
    return dict(load(TESTING, environ).databases)


class TestSources:
    def test_the_environment_is_read(self) -> None:
        settings = load({}, PRODUCTION | {"APP_URL": "https://app.example/"})
        assert settings.app_url == "https://app.example"
        assert settings.production

    def test_the_configuration_goes_before_the_environment(self) -> None:
        settings = load(TESTING | {"SMTP_PORT": 25}, {"SMTP_PORT": "26", "SECRET_KEY": "y"})
        assert (settings.smtp_port, settings.secret_key) == (25, "x")

    def test_an_empty_text_is_no_setting(self) -> None:
        settings = load(TESTING, {"DATABASE_URL": "", "METRICS_TOKEN": ""})
        assert settings.metrics_token is None
        assert settings.scratch is not None

    def test_time_and_chance_are_not_taken_from_the_environment(self) -> None:
        environ = {"CLOCK": "12", "IDS": "1", "EFFECTS": "all", "RANDOM_SEED": "7"}
        found = load(TESTING, environ)
        assert (found.clock, found.ids, found.effects, found.random_seed) == (None,) * 4

    def test_databases_of_the_configuration_replace_those_of_the_environment(self) -> None:
        given = TESTING | {"DATABASE_URL": "/data/here.db"}
        settings = load(given, {**SERVER, "PET_DATABASE_URL": URL})
        assert settings.databases[MAIN] == SqliteAddress(Path("/data/here.db"))
        assert settings.databases[PET] == SqliteAddress(Path("/data/pet_game.db"))

    def test_only_the_configuration_makes_a_test(self) -> None:
        assert load({}, PRODUCTION | {"TESTING": "1"}).production

    def test_the_defaults(self) -> None:
        settings = load({}, PRODUCTION)
        assert settings.timezone == ZoneInfo("Europe/London")
        assert settings.argon2_cost == "production"
        assert settings.session_hours == 2
        assert settings.limits_enabled
        assert settings.limits_storage == "memory://"
        assert (settings.clock, settings.ids, settings.effects) == (None, None, None)


class TestSecrets:
    def test_a_test_needs_a_secret_key_only(self) -> None:
        settings = load(TESTING, {})
        assert [bool(Fernet(key)) for key in settings.encryption_keys] == [True]

    def test_derived_keys_stay_the_same_and_differ_by_purpose(self) -> None:
        first, second = load(TESTING, {}), load(TESTING, {})
        keys = (*first.encryption_keys, first.lookup_key, first.anonymization_salt)
        assert keys == (*second.encryption_keys, second.lookup_key, second.anonymization_salt)
        assert len(set(keys)) == 3

    def test_a_new_encryption_key_leaves_the_derived_ones_alone(self) -> None:
        before = load({}, PRODUCTION)
        newer = Fernet.generate_key().decode()
        after = load({}, PRODUCTION | {"ENCRYPTION_KEY": f"{newer}, {KEY}"})
        assert after.encryption_keys == (newer, KEY)
        assert after.lookup_key == before.lookup_key
        assert after.anonymization_salt == before.anonymization_salt

    def test_exports_are_signed_with_the_newest_encryption_key_or_one_of_their_own(self) -> None:
        newer = Fernet.generate_key().decode()
        rotated = PRODUCTION | {"ENCRYPTION_KEY": f"{newer}, {KEY}"}
        assert load({}, rotated).fhir_signing_key == newer
        assert load({}, rotated | {"FHIR_SIGNING_KEY": "shared"}).fhir_signing_key == "shared"

    def test_no_secret_is_in_the_text_of_the_record(self) -> None:
        text = repr(load({}, PRODUCTION | {"DATABASE_URL": URL, "ADMIN_WIPE_KEY": "wipe-me"}))
        text += repr(load({}, PRODUCTION | {"FHIR_SIGNING_KEY": "sign-me"}))
        for secret in (PRODUCTION["SECRET_KEY"], KEY, "hunter2", "wipe-me", "sign-me"):
            assert secret not in text


class TestRefusals:
    @pytest.mark.parametrize(
        ("environ", "reason"),
        [
            ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
            ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
            ({"ENCRYPTION_KEY": ""}, "ENCRYPTION_KEY is not set"),
            ({"ENCRYPTION_KEY": f"{KEY},hunter2"}, "Key 2 of ENCRYPTION_KEY is no Fernet key"),
            ({"ARGON2_COST": "minimum"}, "ARGON2_COST is minimum"),
            ({"ARGON2_COST": "cheap"}, "one of production, minimum"),
            ({"DEBUG": "maybe"}, "DEBUG is 'maybe': set it to 1 or 0"),
            ({"DEBUG": "1", "FLASK_ENV": "production"}, "turn DEBUG off"),
            ({"SMTP_PORT": "many"}, "SMTP_PORT is 'many': set it to a number from 1 to 65535"),
            ({"SMTP_PORT": "0"}, "SMTP_PORT is '0'"),
            ({"SMTP_USER": "ada"}, "SMTP_USER set, but not SMTP_PASSWORD"),
            ({"SMTP_USER": "ada", "SMTP_PASSWORD": "hunter2"}, "APP_URL is not"),
            ({"TWILIO_AUTH_TOKEN": "hunter2"}, "but not TWILIO_ACCOUNT_SID, TWILIO_PHONE_NUMBER"),
            ({"TIMEZONE": "Europe/Atlantis"}, "TIMEZONE is 'Europe/Atlantis'"),
            ({"TIMEZONE": "../etc/passwd"}, "TIMEZONE is"),
            ({"LIMITS_STORAGE": "ftp://ada:hunter2@host"}, r"LIMITS_STORAGE is 'ftp://ada:\*\*\*@"),
        ],
    )
    def test_production_does_not_start(self, environ: dict[str, str], reason: str) -> None:
        with pytest.raises(SettingsError, match=reason) as caught:
            load({}, PRODUCTION | environ)
        assert "hunter2" not in str(caught.value)

    def test_a_test_without_a_secret_key_does_not_start(self) -> None:
        with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
            create_app({"TESTING": True, "SECRET_KEY": None})


class TestAddresses:
    def test_a_plain_path_and_a_sqlite_url(self) -> None:
        assert parse("data/here.db") == SqliteAddress(Path("data/here.db"))
        assert parse("sqlite:///data/here.db") == SqliteAddress(Path("data/here.db"))
        assert parse("sqlite:////data/here.db") == SqliteAddress(Path("/data/here.db"))

    def test_both_spellings_of_a_postgres_url(self) -> None:
        assert parse("postgres://ada@host/db") == parse("postgresql://ada@host/db")

    def test_a_sqlite_file_has_the_others_beside_it(self) -> None:
        assert databases(DATABASE_URL="/data/main.db") == {
            MAIN: SqliteAddress(Path("/data/main.db")),
            PET: SqliteAddress(Path("/data/pet_game.db")),
            TRAINING: SqliteAddress(Path("/data/ai_training_data.db")),
        }

    def test_one_postgres_url_is_for_all(self) -> None:
        assert databases(DATABASE_URL=URL) == dict.fromkeys(
            (MAIN, PET, TRAINING), PostgresAddress(URL)
        )

    def test_three_urls_are_for_one_each(self) -> None:
        found = databases(
            DATABASE_URL=URL,
            PET_DATABASE_URL="postgres://pets",
            TRAINING_DATABASE_URL="postgres://t",
        )
        assert found[PET] == PostgresAddress("postgresql://pets")

    def test_the_parts_of_a_server(self) -> None:
        url = "postgresql://ada:p%40ss%2Fw%3Ard@db.example:5432/one"
        assert databases(**SERVER) == dict.fromkeys((MAIN, PET, TRAINING), PostgresAddress(url))

    def test_the_parts_of_a_server_with_three_names(self) -> None:
        found = databases(**SERVER, DB_PORT="6543", PET_DB_NAME="two", TRAINING_DB_NAME="three")
        ends = [str(address.url).rpartition("@")[2] for address in found.values()]
        assert ends == ["db.example:6543/one", "db.example:6543/two", "db.example:6543/three"]

    @pytest.mark.parametrize(
        ("environ", "reason"),
        [
            ({**SERVER, "DATABASE_URL": URL}, "both say where the databases are"),
            ({"DB_HOST": "h", "DB_NAME": "n"}, "but not DB_USER, DB_PASSWORD"),
            ({**SERVER, "PET_DB_NAME": "two"}, "but not TRAINING_DB_NAME"),
            ({**SERVER, "DB_PORT": "http"}, "DB_PORT is 'http'"),
            ({"PET_DATABASE_URL": URL}, "DATABASE_URL is not: set DATABASE_URL too"),
            ({"DATABASE_URL": URL, "PET_DATABASE_URL": URL}, "Two of the three"),
            ({"DATABASE_URL": "pet_game.db"}, "would share one SQLite file"),
            ({"DATABASE_URL": URL, "PET_DATABASE_URL": "pets.db"}, "on one engine"),
            ({"DATABASE_URL": "mysql://ada:hunter2@h/db"}, r"mysql://ada:\*\*\*@h/db is not"),
            ({"DATABASE_URL": "postgresql://ada:hunter2@h:port/db"}, "is no PostgreSQL URL"),
            ({"DATABASE_URL": "postgresql://ada:hunter2/x@h/db"}, "is no PostgreSQL URL"),
            ({"DATABASE_URL": "postgresql://ada:hunter2@h/db?what=1"}, "is no PostgreSQL URL"),
            ({"DATABASE_URL": "sqlite:///:memory:"}, "must be a file"),
        ],
    )
    def test_what_is_not_clear_is_refused(self, environ: dict[str, str], reason: str) -> None:
        with pytest.raises(SettingsError, match=reason) as caught:
            databases(**environ)
        assert "hunter2" not in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            (URL, "postgresql://ada:***@db.example/one"),
            ("postgresql://ada:a@b:c/d@host/db", "postgresql://ada:***@host/db"),
            (
                "postgresql://host/db?user=ada&password=hunter2",
                "postgresql://host/db?user=ada&password=***",
            ),
            ("postgresql://ada@host/db", "postgresql://ada@host/db"),
        ],
    )
    def test_a_password_is_masked(self, text: str, masked: str) -> None:
        assert mask(text) == masked


class TestApplication:
    def test_a_secret_key_is_enough_for_a_test(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DATABASE_URL", "ENCRYPTION_KEY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SECRET_KEY", "from the environment")
        app = create_app({"TESTING": True})
        settings: Settings = app.config["SETTINGS"]
        with app.app_context():
            assert [get_db(name).all("SELECT 1 AS one") for name in settings.databases] == [
                [{"one": 1}]
            ] * 3
        close_pools(app)

    def test_two_tests_share_no_database(self) -> None:
        first, second = (create_app(TESTING).config["SETTINGS"] for _ in range(2))
        assert first.scratch != second.scratch

    def test_nothing_is_connected_to_at_the_start(self, tmp_path: Path) -> None:
        create_app(TESTING | {"DATABASE_URL": str(tmp_path / "nowhere" / "main.db")})
        create_app(TESTING | {"DATABASE_URL": "postgresql://127.0.0.1:1/nothing"})
        assert list(tmp_path.iterdir()) == []
