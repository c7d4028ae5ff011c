"""Many clients at once, each with a connection that it keeps, for tests under load."""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 60


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in."""

    name: str
    cookie: str
    token: str


@dataclass(frozen=True)
class Request:
    """One request of a visitor, and what it is counted as."""

    visitor: Visitor
    method: str
    path: str
    body: object = None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    request: Request
    status: int
    text: str

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class Client:
    """One connection, used for one request after the other."""

    def __init__(self, address: str, forwarded: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=SECONDS)
        self._forwarded = forwarded

    def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer."""
        visitor = request.visitor
        headers = {"Cookie": visitor.cookie, "X-CSRF-Token": visitor.token}
        headers |= {"X-Forwarded-For": self._forwarded, "Content-Type": "application/json"}
        body = None if request.body is None else json.dumps(request.body)
        self._connection.request(request.method, request.path, body, headers)
        response = self._connection.getresponse()
        return Answer(request, response.status, response.read().decode())

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def log_in(self, name: str, password: str, pin: str) -> Visitor:
        """Open a session. Raises AssertionError when that is refused."""
        body = {"username": name, "password": password, "pin": pin}
        self._connection.request(
            "POST", "/api/auth/login", json.dumps(body), {"Content-Type": "application/json"}
        )
        response = self._connection.getresponse()
        text = response.read().decode()
        assert response.status == 200, (name, response.status, text)
        cookie = str(response.headers["Set-Cookie"]).partition(";")[0]
        return Visitor(name, cookie, json.loads(text)["csrf_token"])


def send_all(address: str, requests: Sequence[Request], *, at_once: int) -> list[Answer]:
    """Send the requests by that many clients at once, each taking the next one when it is free."""
    queue = iter(requests)

    def work(number: int) -> list[Answer]:
        with closing(Client(address, f"198.51.100.{number}")) as client:
            # `next` on one list's iterator is atomic, so no request is sent twice.
            return [client.send(request) for request in queue]

    with ThreadPoolExecutor(at_once) as pool:
        return [answer for answers in pool.map(work, range(at_once)) for answer in answers]


def statuses(answers: Iterable[Answer]) -> Counter[int]:
    """Count the answers by status."""
    return Counter(answer.status for answer in answers)


def succeeded(answers: Iterable[Answer], wanted: Callable[[Request], bool]) -> int:
    """Count the successful answers to the requests that are wanted."""
    return sum(answer.is_success and wanted(answer.request) for answer in answers)
