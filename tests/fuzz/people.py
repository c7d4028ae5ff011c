"""Who asks: somebody of each role, with a session that both engines accept."""

from dataclasses import dataclass
from typing import Any

from schemathesis import AuthContext, Case
from schemathesis.schemas import APIOperation
from twins import Twins
from werkzeug.test import Client

from fixtures.seed import protection

PEOPLE = {"user": "ada", "clinician": "drgrace", "developer": "dev"}
VISITOR = ""

# Where the person of the role could not succeed.
OTHERS = {
    "POST /api/community/post/{post_id}/pin": "drgrace",
    "POST /api/pet/adventure": "eve",  # ada's pet is out
    "POST /api/safety/check": "ada",
}


@dataclass(frozen=True)
class Session:
    """What a browser keeps of a login."""

    cookie: str
    csrf_token: str


class Sessions:
    """The sessions of everybody, begun when they are first needed."""

    def __init__(self, twins: Twins) -> None:
        self._twins = twins
        self._begun: dict[str, Session] = {}

    def of(self, person: str) -> Session:
        if person not in self._begun:
            self._begun[person] = self._begin(person)
        return self._begun[person]

    def sign(self, case: Case) -> None:
        """Let a request come from whoever asks in its operation."""
        session = self.of(asks(case.operation))
        case.cookies = {**case.cookies, "session": session.cookie}
        case.headers["X-CSRF-Token"] = session.csrf_token

    def provider(self) -> type:
        """Return what schemathesis asks for the credentials of a request it has made."""
        sign = self.sign

        class Credentials:
            def get(self, _case: Case, _context: AuthContext) -> str:
                return "set together"

            def set(self, case: Case, _data: str, _context: AuthContext) -> None:
                sign(case)

        return Credentials

    def _begin(self, person: str) -> Session:
        client = Client(self._twins)
        login = {"username": person, "password": protection.PASSWORD, "pin": protection.PIN}
        if person == VISITOR:
            answer = client.get("/api/csrf-token")
        else:
            answer = client.post("/api/auth/login", json=login)
        self._twins.settle()
        cookie = client.get_cookie("session")
        assert answer.status_code == 200, answer.text
        assert cookie is not None
        return Session(cookie.value, answer.json["csrf_token"])


def asks(operation: APIOperation) -> str:
    """Return who sends the requests of an operation: the description names the roles it takes."""
    needed: list[dict[str, Any]] = operation.definition.raw["security"]
    if operation.label in OTHERS:
        return OTHERS[operation.label]
    if not any("session" in each for each in needed):
        return VISITOR
    roles = needed[0]["session"]
    return next(name for role, name in PEOPLE.items() if not roles or role in roles)
