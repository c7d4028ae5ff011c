"""Sessions used again are like new ones, and nobody keeps what was closed."""

from collections.abc import Iterator

import psycopg
import pytest

from migration.db import open_postgres
from migration.db.parking import Parking, parking

LEFT = {
    "settings": "SELECT count(*) FROM pg_settings WHERE setting IN ('nowhere', 'Asia/Tokyo')",
    "temporary tables": "SELECT count(*) FROM pg_class WHERE relname = 'passing'",
    "locks": "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
    "channels": "SELECT count(*) FROM pg_listening_channels()",
    "the rows of its transaction": "SELECT count(*) FROM public.things",
    "statements": "SELECT count(*) FROM pg_prepared_statements",
}


@pytest.fixture
def place() -> Iterator[None]:
    place = Parking()
    with parking(place):
        yield
    place.close()


def pid_of(connection: psycopg.Connection) -> int:
    return connection.info.backend_pid


@pytest.mark.usefixtures("place")
def test_the_next_connection_to_the_same_place_has_the_session(scratch_database: str) -> None:
    with psycopg.connect(scratch_database) as first:
        used = pid_of(first)
    with psycopg.connect(scratch_database) as second:
        assert pid_of(second) == used
        with psycopg.connect(scratch_database) as third:
            assert pid_of(third) != used
    with psycopg.connect(scratch_database, application_name="other") as elsewhere:
        assert pid_of(elsewhere) not in (used, pid_of(third) if not third.closed else None)


@pytest.mark.usefixtures("place")
def test_what_was_closed_is_closed(scratch_database: str) -> None:
    connection = psycopg.connect(scratch_database)
    cursor = connection.cursor()
    connection.close()
    assert connection.closed
    assert not connection.broken
    with psycopg.connect(scratch_database), pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.Error):
        cursor.execute("SELECT 1")


@pytest.mark.usefixtures("place")
def test_nothing_of_a_session_outlives_its_connection(scratch_database: str) -> None:
    with psycopg.connect(scratch_database, autocommit=True) as first:
        used = pid_of(first)
        first.execute("CREATE TABLE things (id serial)")
    first = psycopg.connect(scratch_database, prepare_threshold=0)
    first.execute("SET search_path = nowhere")
    first.execute("SET TIME ZONE 'Asia/Tokyo'")
    first.execute("CREATE TEMPORARY TABLE passing (id int)")
    first.execute("SELECT pg_advisory_lock(7)")
    first.execute("LISTEN news")
    first.commit()
    first.execute("INSERT INTO public.things DEFAULT VALUES")
    first.close()
    with psycopg.connect(scratch_database, prepare_threshold=None) as second:
        assert pid_of(second) == used
        kept = [name for name, query in LEFT.items() if second.execute(query).fetchone() != (0,)]
        assert kept == []


@pytest.mark.usefixtures("place")
def test_a_session_that_the_server_ended_is_not_used(scratch_database: str) -> None:
    with psycopg.connect(scratch_database) as first:
        used = pid_of(first)
    with open_postgres(scratch_database + "&application_name=other") as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [used])
    with psycopg.connect(scratch_database) as second:
        assert pid_of(second) != used
        assert second.execute("SELECT 1").fetchone() == (1,)


def test_outside_every_connection_has_a_session_of_its_own(scratch_database: str) -> None:
    with parking(Parking()), psycopg.connect(scratch_database) as inside:
        used = pid_of(inside)
    with psycopg.connect(scratch_database) as outside:
        assert pid_of(outside) != used
