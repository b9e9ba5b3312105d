"""What outcomes add up to, kept beside them, and indexes that answer without reading whole forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_issued_forecasts_symbol", "issued_forecasts", ["source", "symbol", "kind", "as_of"])
    op.create_index("ix_outcomes_open", "outcomes", ["source", "is_final", "symbol"])
    op.create_table(
        "track_totals",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "symbol", "kind", name="pk_track_totals"),
    )


def downgrade() -> None:
    op.drop_table("track_totals")
    op.drop_index("ix_outcomes_open", "outcomes")
    op.drop_index("ix_issued_forecasts_symbol", "issued_forecasts")
