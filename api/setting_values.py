"""Reading single settings: from the configuration first, else from the environment.

An empty text counts as not set. Errors name the setting and never quote a secret.
"""

from collections.abc import Iterable, Mapping
from typing import Any

FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class SettingsError(ValueError):
    """The application cannot start with these settings; the message says what to change."""


class Values:
    """The settings given, looked up by name."""

    def __init__(self, config: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ

    def raw(self, name: str) -> Any:
        """Return the value as given, None where there is none."""
        value = self._config.get(name)
        if value is None:
            value = self._environ.get(name)
        return None if value == "" else value

    def given(self, name: str) -> Any:
        """Return a value that only `create_app` can be given, not the environment."""
        return self._config.get(name)

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a text."""
        value = self.raw(name)
        return default if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a switch: true or false, or 1, yes, 0, no as text."""
        value = self.raw(name)
        if value is None:
            return default
        if str(value).lower() not in FLAGS:
            raise SettingsError(f"{name} is {value!r}: set it to 1 or 0.")
        return FLAGS[str(value).lower()]

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        value = self.raw(name)
        if value is None:
            return default
        try:
            number = int(str(value))
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise SettingsError(f"{name} is {value!r}: set it to a number from {low} to {high}.")
        return number

    def choice(self, name: str, *allowed: str) -> str:
        """Return one of the words allowed, the first where nothing is set."""
        value = self.text(name, allowed[0])
        if value not in allowed:
            raise SettingsError(f"{name} is {value!r}: set it to one of {', '.join(allowed)}.")
        return value

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the parts of a comma-separated text; a sequence is taken as it is."""
        value = self.raw(name) or ()
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip())

    def together(self, *names: str) -> None:
        """Refuse some of `names` without the others."""
        missing = [name for name in names if self.raw(name) is None]
        if missing and len(missing) < len(names):
            given = [name for name in names if name not in missing]
            raise SettingsError(
                f"{', '.join(given)} set, but not {', '.join(missing)}: set all of them or none."
            )

    def subset(self, names: Iterable[str]) -> dict[str, str]:
        """Return those of `names` that are set; the configuration's as a whole replace the rest."""
        wanted = list(names)
        source: Mapping[str, Any] = self._environ
        if any(self._config.get(name) for name in wanted):
            source = self._config
        return {name: str(source[name]) for name in wanted if source.get(name)}
