"""The query of every history: whose, how many, from where on."""

from pydantic import Field

from api.web import Query, QueryInt, Text


class HistoryQuery(Query):
    """`username` is the caller's own or, for a clinician, that of an approved patient."""

    username: Text | None = None
    limit: QueryInt = Field(default=30, ge=1, le=1000)
    offset: QueryInt = Field(default=0, le=1_000_000)
