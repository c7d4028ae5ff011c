"""The query of every page about one person."""

from api.web import Query, Text


class PersonQuery(Query):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None
