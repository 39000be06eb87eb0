"""Pointers, the events they came by, and how far they can be relied upon."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pointer",
        sa.Column("ref", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(100), primary_key=True),
        sa.Column("about", sa.String(40), primary_key=True),
        sa.Column("latest", sa.Date),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("source", sa.String(100), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("received", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_event_received", "event", ["received"])
    op.create_table(
        "coverage",
        sa.Column("source", sa.String(100), primary_key=True),
        sa.Column("about", sa.String(40), primary_key=True),
        sa.Column("announced", sa.BigInteger),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("answered", sa.BigInteger, nullable=False),
        sa.Column("pointed", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Lose them: pointers come again when their sources send them again."""
    for table in ("coverage", "event", "pointer"):
        op.drop_table(table)
