"""What the bot keeps: subscriptions, deliveries, scheduled runs, who owns the schedule, synced commands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("problem", sa.String(16), nullable=True),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("server_id", name="pk_subscriptions"),
    )
    op.create_table(
        "deliveries",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report", sa.String(16), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("server_id", "report", "week", name="pk_deliveries"),
    )
    op.create_table(
        "scheduled_runs",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("task", sa.String(16), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "task", "due_at", name="pk_scheduled_runs"),
    )
    op.create_table(
        "schedule_owner",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_start", _MOMENT, nullable=False),
        sa.Column("token", sa.String(32), nullable=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_owner"),
        sa.CheckConstraint("id = 1", name="ck_schedule_owner_one_row"),
    )
    op.create_table(
        "synced_commands",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tree_hash", sa.String(64), nullable=False),
        sa.Column("synced_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("application_id", name="pk_synced_commands"),
    )


def downgrade() -> None:
    for table in ("synced_commands", "schedule_owner", "scheduled_runs", "deliveries", "subscriptions"):
        op.drop_table(table)
