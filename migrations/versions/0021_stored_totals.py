"""What outcomes add up to, kept beside them, and an index by which a week's outcomes are found."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """The next job writes the totals; until then they are summed up when they are asked for."""
    op.create_table(
        "track_totals",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "symbol", "kind", name="pk_track_totals"),
    )
    op.create_index("ix_outcomes_week_ends", "outcomes", ["source", "week_ends"])


def downgrade() -> None:
    op.drop_index("ix_outcomes_week_ends", "outcomes")
    op.drop_table("track_totals")
