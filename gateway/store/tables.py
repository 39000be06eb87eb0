"""The tables of the store. A change here goes with a migration in ``migrations/versions``."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

NEWEST = "0006"
"""The migration that makes the tables as they stand here."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware time, as microseconds since 1970 in UTC: the same in every database, and ordered."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """The number in the table."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """The time that it stands for."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def microseconds(moment: datetime) -> int:
    """The number that stands for it in a table."""
    return (moment - _EPOCH) // _MICROSECOND


metadata = MetaData()

pointer = Table(
    "pointer",
    metadata,
    Column("ref", String(32), primary_key=True),
    Column("source", String(100), primary_key=True),
    Column("about", String(40), primary_key=True),
    Column("latest", Date),
    Column("gone", Boolean, nullable=False),
    Column("changed", Moment, nullable=False),
)
"""That a source holds something of a class about a citizen."""

event = Table(
    "event",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("digest", String(32), primary_key=True),
    Column("received", Moment, nullable=False, index=True),
)
"""Events that were taken, so that the same one is taken once."""

coverage = Table(
    "coverage",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("about", String(40), primary_key=True),
    Column("announced", Moment),
    Column("complete", Boolean, nullable=False),
    Column("answered", BigInteger, nullable=False),
    Column("pointed", BigInteger, nullable=False),
)
"""How far a source's pointers can be relied upon."""

access_entry = Table(
    "access_entry",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(32), unique=True),
    Column("about", String(32)),
    Column("at", Moment),
    Column("content", LargeBinary),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("seal", LargeBinary(16), nullable=False),
    Index("ix_access_entry_about", "about", "place"),
    Index("ix_access_entry_at", "at"),
)
"""Entries of the access log, in the order of the tree. Of one that was pruned only ``leaf`` and ``seal`` remain."""

access_node = Table(
    "access_node",
    metadata,
    Column("level", BigInteger, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)
"""Hashes of the tree, of every eighth level."""

access_head = Table(
    "access_head",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("seal", LargeBinary(16), nullable=False),
)
"""One row: the right edge of the tree. Whoever appends holds it, so entries of several gateways stand in one line."""

access_checkpoint = Table(
    "access_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("note", Text, nullable=False),
)
"""Signed statements of how large the tree was, and what its root hash was."""

consent_word = Table(
    "consent_word",
    metadata,
    Column("ref", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("consent", String(32), nullable=False),
    Column("content", Text, nullable=False),
    Column("key_name", String(32)),
    Column("key_content", String(32)),
    UniqueConstraint("ref", "key_name", name="uq_consent_word_key"),
)
"""Who said what about a consent, and when: rows are added, and none is ever changed."""

consent_use = Table(
    "consent_use",
    metadata,
    Column("ref", String(32), primary_key=True),
    Column("consent", String(32), primary_key=True),
    Column("used", Moment, nullable=False),
)
"""When a consent last allowed something, to the day."""

irregularity = Table(
    "irregularity",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("entry", String(32), nullable=False, unique=True),
    Column("about", String(32), nullable=False, index=True),
    Column("by", String(32), nullable=False),
    Column("reported", Moment, nullable=False),
    Column("words", Text, nullable=False),
    Column("answered", Moment),
    Column("answer", Text),
)
"""What citizens found wrong in their access log, and what they were answered. One report for an entry."""
emergency = Table(
    "emergency",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(32), nullable=False),
    Column("organisation", String(100), nullable=False),
    Column("professional", String(255), nullable=False),
    Column("professional_name", String(200)),
    Column("client", String(255), nullable=False),
    Column("ground", String(40), nullable=False),
    Column("obstacle", String(40), nullable=False),
    Column("words", Text, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("key_name", String(32), nullable=False),
    Column("opened", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    UniqueConstraint("ref", "key_name", name="uq_emergency_key"),
    UniqueConstraint("ref", "organisation", "professional", "reason", name="uq_emergency_reason"),
    Index("ix_emergency_opened", "opened"),
)
"""Emergencies that professionals declared: rows are added, and none is ever changed."""

emergency_review = Table(
    "emergency_review",
    metadata,
    Column("emergency", String(32), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", String(100), nullable=False),
    Column("finding", String(40), nullable=False),
    Column("note", Text, nullable=False),
)
"""How the review of an emergency ended. One without a row here waits for it."""

notice = Table(
    "notice",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(32), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("emergency", String(32), nullable=False),
    Column("due", Moment),
    Column("attempts", Integer, nullable=False),
    Index("ix_notice_ref", "ref", "at"),
    Index("ix_notice_due", "due"),
)
"""Notices for citizens. ``due`` is when the push service is told next; none where it was told, or given up."""

store_key = Table(
    "store_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", String(8), nullable=False),
)
"""One row: which identifier key made the references in all these tables."""
