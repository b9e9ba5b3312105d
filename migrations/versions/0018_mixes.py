"""Mixes of ETFs: the past returns that their forecasts are made from, and those that members saved."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "past_returns",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "symbol", name="pk_past_returns"),
    )
    op.create_table(
        "mixes",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_mixes"),
    )


def downgrade() -> None:
    op.drop_table("mixes")
    op.drop_table("past_returns")
