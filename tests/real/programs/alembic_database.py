"""Models of SQLAlchemy with a column of each kind, changed by Alembic, in the file named."""

import enum
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    """What the models share."""


class Colour(enum.Enum):
    """Stored by name."""

    red = 1
    green = 2


class Account(Base):
    """A column of each kind."""

    __tablename__ = "account"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50), nullable=False, unique=True)
    created = sa.Column(sa.DateTime, server_default=sa.func.now())
    day = sa.Column(sa.Date)
    at = sa.Column(sa.Time)
    span = sa.Column(sa.Interval)
    price = sa.Column(sa.Numeric(10, 2))
    ratio = sa.Column(sa.Float)
    large = sa.Column(sa.BigInteger)
    small = sa.Column(sa.SmallInteger)
    flag = sa.Column(sa.Boolean(create_constraint=True))
    colour = sa.Column(sa.Enum(Colour, create_constraint=True))
    document = sa.Column(sa.JSON)
    content = sa.Column(sa.LargeBinary)
    uid = sa.Column(sa.Uuid)
    note = sa.Column(sa.Text)
    __table_args__ = (
        sa.CheckConstraint("price >= 0", name="positive"),
        sa.Index("ix_name_lower", sa.func.lower(name)),
    )


class Entry(Base):
    """Refers to an account."""

    __tablename__ = "entry"
    id = sa.Column(sa.Integer, primary_key=True)
    account_id = sa.Column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    text = sa.Column(sa.Text)


def account(number: int) -> Account:
    """Return an account; no two are alike."""
    return Account(
        name=f"näme {number}",
        created=datetime(2024, 1, 1, number, 2, 3, 456_789),
        day=date(2024, 2, 29),
        at=time(1, 2, 3),
        span=timedelta(hours=number),
        price=Decimal("1.25") * number,
        ratio=number / 3,
        large=2**40 + number,
        small=number,
        flag=number % 2 == 0,
        colour=Colour.green,
        document={"a": [number, None, "é"]},
        content=bytes([0, number, 255]),
        uid=UUID(int=number),
        note="😀",
    )


engine = sa.create_engine(f"sqlite:///{sys.argv[1]}")
Base.metadata.create_all(engine)
with engine.begin() as connection:
    change = Operations(MigrationContext.configure(connection))
    with change.batch_alter_table("account") as table:
        table.add_column(sa.Column("extra", sa.String(5), server_default="x"))
        table.create_index("ix_large", ["large"])
    change.create_table(
        "alembic_version", sa.Column("version_num", sa.String(32), primary_key=True)
    )
    change.execute("INSERT INTO alembic_version VALUES ('8d3f0a1b2c4e')")
with Session(engine) as session:
    session.add_all(account(number) for number in range(20))
    session.flush()
    session.add(Entry(account_id=1, text="first"))
    session.commit()
