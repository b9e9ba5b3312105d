"""Each server's own day, time and zone of the weekly report; departures of their own, for servers without one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Subscriptions from before had their report right after the weekly training, Saturday 08:00 in New York.
    for column in (
        sa.Column("day", sa.String(3), nullable=False, server_default="sat"),
        sa.Column("at", sa.String(5), nullable=False, server_default="09:00"),
        sa.Column("zone", sa.String(64), nullable=False, server_default="America/New_York"),
        sa.Column("skips_weekend", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("symbols", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("subscriptions", column)
    op.create_table(
        "departures",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("left_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("server_id", name="pk_departures"),
    )
    op.execute(
        "INSERT INTO departures (server_id, left_at) "
        "SELECT server_id, left_at FROM subscriptions WHERE left_at IS NOT NULL"
    )
    op.drop_column("subscriptions", "left_at")


def downgrade() -> None:
    op.add_column("subscriptions", sa.Column("left_at", _MOMENT, nullable=True))
    op.execute(
        "UPDATE subscriptions SET left_at = "
        "(SELECT left_at FROM departures WHERE departures.server_id = subscriptions.server_id)"
    )
    op.drop_table("departures")
    for column in ("is_paused", "symbols", "role_id", "skips_weekend", "zone", "at", "day"):
        op.drop_column("subscriptions", column)
