"""For operators: prices that the newest job left out, the channels that are told, and what each was told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "price_faults",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("session", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "symbol", "session", "kind", name="pk_price_faults"),
    )
    op.create_table(
        "ops_channels",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("problem", sa.String(16), nullable=True),
        sa.PrimaryKeyConstraint("server_id", name="pk_ops_channels"),
    )
    op.create_table(
        "ops_notes",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("trouble", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("nonce", sa.String(25), nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "trouble", name="pk_ops_notes"),
    )


def downgrade() -> None:
    for table in ("ops_notes", "ops_channels", "price_faults"):
        op.drop_table(table)
