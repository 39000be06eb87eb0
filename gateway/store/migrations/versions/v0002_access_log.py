"""The access log: its entries, the hashes of its tree, and the signed statements about it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, with an empty tree."""
    op.create_table(
        "access_entry",
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(32), unique=True),
        sa.Column("about", sa.String(32)),
        sa.Column("at", sa.BigInteger),
        sa.Column("content", sa.LargeBinary),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.Column("seal", sa.LargeBinary(16), nullable=False),
    )
    op.create_index("ix_access_entry_about", "access_entry", ["about", "place"])
    op.create_index("ix_access_entry_at", "access_entry", ["at"])
    op.create_table(
        "access_node",
        sa.Column("level", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    head = op.create_table(
        "access_head",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
        sa.Column("seal", sa.LargeBinary(16), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "size": 0, "peaks": b"", "seal": b""}])
    op.create_table(
        "access_checkpoint",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Lose the log. What citizens could read of who looked is gone: export it first."""
    for table in ("access_checkpoint", "access_head", "access_node", "access_entry"):
        op.drop_table(table)
