"""Which identifier key made the references that are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table; the next gateway that starts says which key it has."""
    op.create_table(
        "store_key",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.String(8), nullable=False),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("store_key")
