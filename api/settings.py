"""The settings of the application, read once at its start into one frozen record.

A setting comes from the mapping given to `create_app`, else from the environment variable of
that name, else it has the default seen here. What is incomplete, contradictory or unsafe is
refused with a sentence that says what to do. Addresses of databases are read next door in
`api/db/addresses.py`, single values in `api/setting_values.py`.
"""

import base64
import hashlib
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from flask import current_app

from api.db import addresses
from api.db.addresses import Address, AddressError
from api.db.backend import Capacity
from api.setting_values import SettingsError, Values

__all__ = ["Settings", "SettingsError", "current", "load"]

DATA_VOLUME = Path("/app/data")
SHORTEST_KEY = 16
LOCAL_URL = "http://localhost:5000"
MODEL_URL = "https://api.groq.com/openai/v1/chat/completions"
LIMITS_STORAGES = ("memory://", "redis://", "rediss://")

Clock = Callable[[], datetime]
Bytes = Callable[[int], bytes]
Effects = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one deployment to the next."""

    # What kind of run this is. Production is whatever is neither DEBUG nor TESTING.
    testing: bool
    debug: bool
    production: bool

    # Secrets
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)  # Fernet; the first one encrypts
    lookup_key: str = field(repr=False)
    anonymization_salt: str = field(repr=False)
    pin_salt: str | None = field(repr=False)
    fhir_signing_key: str = field(repr=False)
    developer_registration_key: str | None = field(repr=False)
    metrics_token: str | None = field(repr=False)
    argon2_cost: str  # production or minimum
    require_2fa_signup: bool
    allow_admin_reset: bool

    # Databases
    databases: Mapping[str, Address]
    scratch: Path | None  # a test's own folder for them, yet to be made
    database_capacity: Capacity

    # The web
    app_url: str
    allowed_origins: tuple[str, ...]
    trusted_proxies: int  # hops in front of the application
    max_content_length: int  # bytes
    session_hours: int
    limits_enabled: bool
    limits_storage: str
    default_limit: str

    # Mail, SMS, model provider: offline where the credentials are None
    smtp_server: str
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None = field(repr=False)
    from_email: str | None
    twilio_account_sid: str | None
    twilio_auth_token: str | None = field(repr=False)
    twilio_phone_number: str | None
    model_url: str
    model_name: str
    model_key: str | None = field(repr=False)

    # Time and chance; None means the machine's own
    timezone: ZoneInfo
    clock: Clock | None
    ids: Bytes | None
    random_seed: int | None
    effects: Effects | None


def load(config: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Read all settings; raise SettingsError where the application must not start with them.

    Settings about databases that are given in `config` replace those of `environ` as a whole.
    """
    values = Values(config, environ)
    kind = _kind(values, testing=bool(config.get("TESTING")))
    return Settings(
        **kind,
        **_secrets(values, production=kind["production"]),
        **_databases(values, testing=kind["testing"]),
        **_web(values),
        **_providers(values, production=kind["production"]),
        **_chance(values),
    )


def current() -> Settings:
    """Return the settings of the application at work."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _kind(values: Values, *, testing: bool) -> dict[str, Any]:
    debug = values.flag("DEBUG")
    if debug and values.text("FLASK_ENV") == "production":
        raise SettingsError("DEBUG is on and FLASK_ENV is production: turn DEBUG off.")
    return {"testing": testing, "debug": debug, "production": not (debug or testing)}


def _secrets(values: Values, *, production: bool) -> dict[str, Any]:
    secret = _secret_key(values, production=production)
    keys = _encryption_keys(values, secret=secret, production=production)
    cost = values.choice("ARGON2_COST", "production", "minimum")
    if production and cost == "minimum":
        raise SettingsError("ARGON2_COST is minimum, which is for tests: leave it unset.")
    return {
        "secret_key": secret,
        "encryption_keys": keys,
        "lookup_key": values.text("LOOKUP_KEY") or _derived("lookup", keys[-1]),
        "anonymization_salt": values.text("ANONYMIZATION_SALT") or _derived("salt", keys[-1]),
        "pin_salt": values.text("PIN_SALT"),
        "fhir_signing_key": values.text("FHIR_SIGNING_KEY") or keys[0],
        "developer_registration_key": values.text("DEVELOPER_REGISTRATION_KEY"),
        "metrics_token": values.text("METRICS_TOKEN"),
        "argon2_cost": cost,
        "require_2fa_signup": values.flag("REQUIRE_2FA_SIGNUP"),
        "allow_admin_reset": values.flag("ALLOW_ADMIN_RESET"),
    }


def _secret_key(values: Values, *, production: bool) -> str:
    secret = values.text("SECRET_KEY")
    if not secret:
        raise SettingsError("SECRET_KEY is not set: set it to a long random text, kept secret.")
    if production and len(secret) < SHORTEST_KEY:
        raise SettingsError(f"SECRET_KEY is too short: give at least {SHORTEST_KEY} characters.")
    return secret


def _encryption_keys(values: Values, *, secret: str, production: bool) -> tuple[str, ...]:
    keys = values.listed("ENCRYPTION_KEY")
    if production and not keys:
        raise SettingsError(
            "ENCRYPTION_KEY is not set: set it to one or more Fernet keys, separated by commas,"
            " the newest first."
        )
    for number, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise SettingsError(
                f"Key {number} of ENCRYPTION_KEY is no Fernet key: that is 32 random bytes in"
                " URL-safe base64."
            ) from None
    return keys or (_derived("encryption", secret),)


def _derived(purpose: str, secret: str) -> str:
    """Return a key in the form of Fernet's, one for each purpose."""
    digest = hashlib.sha256(f"{purpose}:{secret}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _databases(values: Values, *, testing: bool) -> dict[str, Any]:
    given = values.subset(addresses.KEYS)
    scratch = _scratch() if testing and not given else None
    try:
        found = addresses.read(given, folder=scratch or _data_folder())
    except AddressError as error:
        raise SettingsError(str(error)) from None
    capacity = Capacity(
        connections=values.whole("DATABASE_POOL_SIZE", 10, low=1, high=1000),
        seconds=values.whole("DATABASE_TIMEOUT", 5, low=1, high=300),
    )
    return {"databases": found, "scratch": scratch, "database_capacity": capacity}


def _scratch() -> Path:
    return Path(tempfile.gettempdir()) / f"healing-space-{secrets.token_hex(8)}"


def _data_folder() -> Path:
    return DATA_VOLUME if DATA_VOLUME.is_dir() else Path.cwd()


def _web(values: Values) -> dict[str, Any]:
    storage = values.text("LIMITS_STORAGE", LIMITS_STORAGES[0]) or ""
    if not storage.startswith(LIMITS_STORAGES):
        raise SettingsError(
            f"LIMITS_STORAGE is {addresses.mask(storage)!r}: set it to memory:// or redis://host."
        )
    return {
        "app_url": (values.text("APP_URL") or LOCAL_URL).rstrip("/"),
        "allowed_origins": values.listed("ALLOWED_ORIGINS"),
        "trusted_proxies": values.whole("TRUSTED_PROXIES", 0, low=0, high=10),
        "max_content_length": values.whole("MAX_CONTENT_LENGTH", 1 << 20, low=1024, high=1 << 30),
        "session_hours": values.whole("SESSION_HOURS", 2, low=1, high=24),
        "limits_enabled": values.flag("LIMITS_ENABLED", default=True),
        "limits_storage": storage,
        "default_limit": values.text("DEFAULT_LIMIT", "1000 per hour; 5000 per day"),
    }


def _providers(values: Values, *, production: bool) -> dict[str, Any]:
    values.together("SMTP_USER", "SMTP_PASSWORD")
    values.together("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER")
    if production and values.text("SMTP_USER") and not values.text("APP_URL"):
        raise SettingsError(
            "Mail is set up but APP_URL is not: set it to the public address of the application,"
            " which the links in mails begin with."
        )
    return {
        "smtp_server": values.text("SMTP_SERVER", "smtp.gmail.com"),
        "smtp_port": values.whole("SMTP_PORT", 587, low=1, high=65535),
        "smtp_user": values.text("SMTP_USER"),
        "smtp_password": values.text("SMTP_PASSWORD"),
        "from_email": values.text("FROM_EMAIL") or values.text("SMTP_USER"),
        "twilio_account_sid": values.text("TWILIO_ACCOUNT_SID"),
        "twilio_auth_token": values.text("TWILIO_AUTH_TOKEN"),
        "twilio_phone_number": values.text("TWILIO_PHONE_NUMBER"),
        "model_url": values.text("API_URL", MODEL_URL),
        "model_name": values.text("MODEL_NAME", "llama-3.3-70b-versatile"),
        "model_key": values.text("GROQ_API_KEY"),
    }


def _chance(values: Values) -> dict[str, Any]:
    zone = values.text("TIMEZONE", "Europe/London") or ""
    try:
        timezone = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise SettingsError(f"TIMEZONE is {zone!r}: set it to a name like Europe/London.") from None
    seed = values.given("RANDOM_SEED")
    return {
        "timezone": timezone,
        "clock": values.given("CLOCK"),
        "ids": values.given("IDS"),
        "random_seed": None if seed is None else values.whole("RANDOM_SEED", 0, low=0, high=2**63),
        "effects": values.given("EFFECTS"),
    }
