"""One table of leases in place of a table for the job's and one for the schedule's."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("token", sa.String(32), nullable=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=False),
        sa.Column("heartbeat_at", _MOMENT, nullable=False),
        sa.Column("first_taken_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    columns = "name, token, purpose, host, pid, taken_at, heartbeat_at, first_taken_at"
    op.execute(
        f"INSERT INTO leases ({columns}) "  # noqa: S608 - of constants
        "SELECT 'schedule', token, 'schedule', host, pid, first_start, heartbeat_at, first_start FROM schedule_owner"
    )
    op.execute(
        f"INSERT INTO leases ({columns}) "  # noqa: S608 - of constants
        "SELECT 'job', token, kind, host, pid, started_at, heartbeat_at, started_at FROM job_lock"
    )
    op.drop_table("schedule_owner")
    op.drop_table("job_lock")


def downgrade() -> None:
    op.create_table(
        "job_lock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("heartbeat_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_lock"),
        sa.CheckConstraint("id = 1", name="ck_job_lock_one_row"),
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
    op.execute(
        "INSERT INTO job_lock (id, token, kind, host, pid, started_at, heartbeat_at) "
        "SELECT 1, token, purpose, host, pid, taken_at, heartbeat_at FROM leases "
        "WHERE name = 'job' AND token IS NOT NULL"
    )
    op.execute(
        "INSERT INTO schedule_owner (id, first_start, token, host, pid, heartbeat_at) "
        "SELECT 1, first_taken_at, token, host, pid, heartbeat_at FROM leases WHERE name = 'schedule'"
    )
    op.drop_table("leases")
