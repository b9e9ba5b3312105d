"""Several reports a server, each daily, weekly or monthly, in its own language, and published where asked."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    # Each subscription from before is its server's first report.
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("language", sa.String(8), nullable=True))
        table.add_column(sa.Column("publishes", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_constraint("pk_subscriptions", type_="primary")
        table.create_primary_key("pk_subscriptions", ["server_id", "number"])
    with op.batch_alter_table("deliveries") as table:
        table.alter_column("week", existing_type=sa.String(8), type_=sa.String(10), existing_nullable=False)
    op.execute("UPDATE deliveries SET report = '1' WHERE report = 'weekly'")


def downgrade() -> None:
    # What was daily or monthly, and every report but the first, was unknown before.
    op.execute("DELETE FROM deliveries WHERE report <> '1' OR week NOT LIKE '____-W__'")
    op.execute("UPDATE deliveries SET report = 'weekly'")
    op.execute("DELETE FROM subscriptions WHERE number <> 1 OR day IN ('all', '1st')")
    with op.batch_alter_table("deliveries") as table:
        table.alter_column("week", existing_type=sa.String(10), type_=sa.String(8), existing_nullable=False)
    with op.batch_alter_table("subscriptions") as table:
        table.drop_constraint("pk_subscriptions", type_="primary")
        for column in ("publishes", "language", "number"):
            table.drop_column(column)
        table.create_primary_key("pk_subscriptions", ["server_id"])
