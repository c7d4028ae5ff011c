"""Counts of requests in the memory of one application object, on the application's clock.

A storage for Flask-Limiter (`limits.py` next door), reached by the URI `clock://`. The moments
at which a key was counted are kept for as long as its window is, so that windows move. The
library's own memory storage asks the machine for the time and runs a timer thread.
"""

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar

from limits.storage import MovingWindowSupport, Storage

from api import runtime

SWEEP_AT = 10_000


@dataclass
class Window:
    """The moments, in epoch seconds, at which one key was counted, oldest first."""

    seconds: float
    hits: deque[float] = field(default_factory=deque)

    def slide(self, now: float) -> None:
        while self.hits and self.hits[0] <= now - self.seconds:
            self.hits.popleft()


class ClockStorage(Storage, MovingWindowSupport):
    """Counts in memory, on the application's clock; forgets windows that have run out."""

    SCHEME: ClassVar[str] = "clock"
    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  (declared so by the base class)

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False) -> None:
        super().__init__(uri, wrap_exceptions)
        self._windows: dict[str, Window] = {}
        self._sweep_at = SWEEP_AT
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._lock:
            now, window = self._window(key, expiry)
            if len(window.hits) + amount > limit:
                return False
            window.hits.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        with self._lock:
            now, window = self._window(key, expiry)
            return (window.hits[0] if window.hits else now), min(len(window.hits), limit)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self._lock:
            now, window = self._window(key, expiry)
            window.hits.extend([now] * amount)
            return len(window.hits)

    def get(self, key: str) -> int:
        with self._lock:
            window = self._windows.get(key)
            if window is None:
                return 0
            window.slide(_now())
            return len(window.hits)

    def get_expiry(self, key: str) -> float:
        with self._lock:
            window = self._windows.get(key)
            return window.hits[0] + window.seconds if window and window.hits else _now()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def _window(self, key: str, seconds: float) -> tuple[float, Window]:
        """Return the time and this key's window as of now; the lock is held."""
        now = _now()
        if len(self._windows) >= self._sweep_at:
            self._sweep(now)
        window = self._windows.setdefault(key, Window(seconds))
        window.slide(now)
        return now, window

    def _sweep(self, now: float) -> None:
        """Forget windows that have run out; the next sweep waits for twice as many."""
        for key, window in list(self._windows.items()):
            window.slide(now)
            if not window.hits:
                del self._windows[key]
        self._sweep_at = max(SWEEP_AT, 2 * len(self._windows))


def _now() -> float:
    return runtime.now().timestamp()
