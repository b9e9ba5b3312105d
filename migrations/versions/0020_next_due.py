"""When each report is due next, and indexes by which the schedule and the operators' notices find what they need."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """The schedule's first check looks at every report and writes its moment."""
    op.add_column("subscriptions", sa.Column("next_due", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_subscriptions_next_due", "subscriptions", ["next_due"])
    op.create_index("ix_subscriptions_problem", "subscriptions", ["problem"])
    op.create_index("ix_deliveries_state_tried_at", "deliveries", ["state", "tried_at"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_state_tried_at", "deliveries")
    op.drop_index("ix_subscriptions_problem", "subscriptions")
    op.drop_index("ix_subscriptions_next_due", "subscriptions")
    op.drop_column("subscriptions", "next_due")
