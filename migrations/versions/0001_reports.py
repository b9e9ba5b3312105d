"""Reports with their pictures, issued forecasts, runs, and the lock of the one job."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint(
            "source", "symbol", "as_of", "model_version", name="uq_reports_source_symbol_as_of_model_version"
        ),
    )
    op.create_index("ix_reports_newest", "reports", ["source", "symbol", "as_of", "id"])
    op.create_table(
        "report_charts",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("theme", sa.String(8), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "subject", "theme", name="pk_report_charts"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_report_charts_report_id_reports", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "overview_charts",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("theme", sa.String(8), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "theme", name="pk_overview_charts"),
    )
    op.create_table(
        "issued_forecasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("raw_close", sa.Double(), nullable=False),
        sa.Column("adjustment", sa.Double(), nullable=False),
        sa.Column("quantiles", sa.JSON(), nullable=False),
        sa.Column("data_hash", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(64), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issued_forecasts"),
        sa.UniqueConstraint(
            "source", "symbol", "as_of", "model_version", name="uq_issued_forecasts_source_symbol_as_of_model_version"
        ),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok", sa.JSON(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_newest", "runs", ["kind", "source", "finished_at"])
    op.create_table(
        "job_lock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_lock"),
        sa.CheckConstraint("id = 1", name="ck_job_lock_one_row"),
    )


def downgrade() -> None:
    for table in ("job_lock", "runs", "issued_forecasts", "overview_charts", "report_charts", "reports"):
        op.drop_table(table)
