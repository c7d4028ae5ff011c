"""Diagnostics: a fixed list of looks at the running system, run by name and logged.

Nothing here takes an argument, starts a process or changes what it looks at; settings are
shown as what they lead to, never with a secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint
from pydantic import Field

from api import runtime, settings, system, wiping
from api.access import DEVELOPER, Caller, own_name
from api.db import LOGICAL, MAIN, commit, get_db
from api.db.schema import SCHEMA_VERSION
from api.db.types import date, timestamp
from api.errors import Forbidden
from api.web import Body, Reply, Text, endpoint, roles

bp = Blueprint("diagnostics", __name__)

LONGEST_LOG = 10_000


@dataclass(frozen=True)
class Outcome:
    """What a diagnostic found; an exit code other than 0 means trouble."""

    output: str
    exit_code: int = 0


class Command(Body):
    username: Text | None = None
    command: Text = Field(min_length=1, max_length=200)


@bp.post("/api/developer/terminal/execute")
@endpoint(auth=roles(DEVELOPER), body=Command)
def execute(caller: Caller, body: Command) -> Reply:
    """Run one of the diagnostics; what is not on the list is refused."""
    username = own_name(caller, body.username)
    diagnostic = DIAGNOSTICS.get(body.command)
    if diagnostic is None:
        raise Forbidden(f"Allowed are: {', '.join(DIAGNOSTICS)}.", "UNKNOWN_DIAGNOSTIC")
    begun = runtime.stopwatch()
    outcome = diagnostic(caller)
    milliseconds = round((runtime.stopwatch() - begun) * 1000)
    get_db().run(
        "INSERT INTO dev_terminal_logs (username, command, output, exit_code, duration_ms,"
        " created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        username,
        body.command,
        outcome.output[:LONGEST_LOG],
        outcome.exit_code,
        milliseconds,
        runtime.now(),
    )
    commit(MAIN)
    return {
        "output": outcome.output,
        "exit_code": outcome.exit_code,
        "duration_ms": milliseconds,
    }


def _databases(_: Caller) -> Outcome:
    problems = system.database_problems()
    lines = [f"{name}\t{problems.get(name, 'ok')}" for name in LOGICAL]
    return Outcome("\n".join(lines), 1 if problems else 0)


def _date(_: Caller) -> Outcome:
    now, today = timestamp.text(runtime.now()), date.text(runtime.today())
    return Outcome(f"now\t{now} UTC\ntoday\t{today} {settings.current().timezone}")


def _help(_: Caller) -> Outcome:
    return Outcome("\n".join(DIAGNOSTICS))


def _settings(_: Caller) -> Outcome:
    given = settings.current()
    shown = {
        "production": given.production,
        "limits": given.limits_enabled,
        "default limit": given.default_limit,
        "trusted proxies": given.trusted_proxies,
        "session hours": given.session_hours,
        "mail": "real" if given.smtp_user else "offline",
        "sms": "real" if given.twilio_account_sid else "offline",
        "assistant": given.model_name if given.model_key else "offline",
    }
    return Outcome("\n".join(f"{name}\t{value}" for name, value in shown.items()))


def _tables(_: Caller) -> Outcome:
    counts = wiping.rows()
    return Outcome("\n".join(f"{table}\t{counts[table]}" for table in sorted(counts)))


def _version(_: Caller) -> Outcome:
    return Outcome(f"{system.SERVICE}\t{system.VERSION}\nschema\t{SCHEMA_VERSION}")


def _whoami(caller: Caller) -> Outcome:
    return Outcome(f"{caller.username}\t{caller.role}")


DIAGNOSTICS: Mapping[str, Callable[[Caller], Outcome]] = {
    "databases": _databases,
    "date": _date,
    "help": _help,
    "settings": _settings,
    "tables": _tables,
    "version": _version,
    "whoami": _whoami,
}
