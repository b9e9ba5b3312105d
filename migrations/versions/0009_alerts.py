"""Alerts: what members want to be told of, and how far the telling got."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("level", sa.Double(), nullable=True),
        sa.Column("band", sa.JSON(), nullable=True),
        sa.Column("base_session", sa.Date(), nullable=False),
        sa.Column("base_close", sa.Double(), nullable=False),
        sa.Column("checked", sa.Date(), nullable=False),
        sa.Column("is_armed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("crossed_on", sa.Date(), nullable=True),
        sa.Column("crossed_at", sa.Double(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("problem", sa.String(20), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_user_id", "alerts", ["user_id"])
    op.create_index("ix_alerts_to_meet", "alerts", ["source", "symbol", "checked"])


def downgrade() -> None:
    op.drop_table("alerts")
