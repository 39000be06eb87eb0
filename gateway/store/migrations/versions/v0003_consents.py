"""What was said about consents, and when they were last used."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "consent_word",
        sa.Column("ref", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("consent", sa.String(32), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("key_name", sa.String(32)),
        sa.Column("key_content", sa.String(32)),
        sa.UniqueConstraint("ref", "key_name", name="uq_consent_word_key"),
    )
    op.create_table(
        "consent_use",
        sa.Column("ref", sa.String(32), primary_key=True),
        sa.Column("consent", sa.String(32), primary_key=True),
        sa.Column("used", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Refused: consents are proofs, and no step backwards may lose them."""
    raise NotImplementedError
