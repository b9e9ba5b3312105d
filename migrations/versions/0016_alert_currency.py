"""The currency of an alert's prices, which an exchange's usual one may not be."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Older alerts get theirs from the next close that they meet."""
    op.add_column("alerts", sa.Column("currency", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("alerts", "currency")
