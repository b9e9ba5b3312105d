"""Portfolios in reports and alerts: copies of those that members saved."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("mix", sa.JSON(), nullable=True))
    op.add_column("alerts", sa.Column("mix", sa.JSON(), nullable=True))


def downgrade() -> None:
    """An older program would take an alert about a portfolio for one about an ETF without a name."""
    op.execute("DELETE FROM alerts WHERE symbol = ''")
    op.drop_column("alerts", "mix")
    op.drop_column("subscriptions", "mix")
