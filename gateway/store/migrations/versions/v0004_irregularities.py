"""What citizens found wrong in their access log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "irregularity",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("entry", sa.String(32), nullable=False, unique=True),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("reported", sa.BigInteger, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("answered", sa.BigInteger),
        sa.Column("answer", sa.Text),
    )
    op.create_index("ix_irregularity_about", "irregularity", ["about"])


def downgrade() -> None:
    """Lose the reports, and their answers."""
    op.drop_table("irregularity")
