"""Totals are summed from the outcomes when they are asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.drop_table("track_totals")


def downgrade() -> None:
    """An older program fills it again as sessions close."""
    op.create_table(
        "track_totals",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "symbol", "kind", name="pk_track_totals"),
    )
