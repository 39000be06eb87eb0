"""Declared emergencies, their reviews, and what citizens are told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("organisation", sa.String(100), nullable=False),
        sa.Column("professional", sa.String(255), nullable=False),
        sa.Column("professional_name", sa.String(200)),
        sa.Column("client", sa.String(255), nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("obstacle", sa.String(40), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("key_name", sa.String(32), nullable=False),
        sa.Column("opened", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("ref", "key_name", name="uq_emergency_key"),
        sa.UniqueConstraint("ref", "organisation", "professional", "reason", name="uq_emergency_reason"),
    )
    op.create_index("ix_emergency_opened", "emergency", ["opened"])
    op.create_table(
        "emergency_review",
        sa.Column("emergency", sa.String(32), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("finding", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("emergency", sa.String(32), nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("ix_notice_ref", "notice", ["ref", "at"])
    op.create_index("ix_notice_due", "notice", ["due"])


def downgrade() -> None:
    """Refused: who looked in an emergency is proof, and no step backwards may lose it."""
    raise NotImplementedError
