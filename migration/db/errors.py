"""What can go wrong with servers and connections.

MigrationError
    DatabaseAccessError
        CannotConnect        no connection to a file or a server
        ServerFailed         the embedded server could not be started or ended
        WrongServer          a server was found, but not one that fits
        WrongSetting         the embedded test server does not have a setting it was given
"""

from __future__ import annotations

from migration.errors import MigrationError


class DatabaseAccessError(MigrationError):
    """A database or its server cannot be used."""


class CannotConnect(DatabaseAccessError):
    """No connection to a file or a server."""


class ServerFailed(DatabaseAccessError):
    """The embedded server could not be started or ended."""


class WrongServer(DatabaseAccessError):
    """A server was found, but not one that fits what was asked for."""


class WrongSetting(DatabaseAccessError):
    """The embedded test server does not have a setting it was given."""
