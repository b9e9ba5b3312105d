"""The price store: securities, fetches, prices, what was replaced, and changes of units."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def _numbers() -> list[sa.Column[float]]:
    names = ("adjusted", "close", "open", "high", "low", "volume", "dividend", "split")
    return [sa.Column(name, sa.Double(), nullable=True) for name in names]


def upgrade() -> None:
    op.create_table(
        "securities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("exchange", sa.String(64), nullable=False),
        sa.Column("first_traded", sa.Date(), nullable=True),
        sa.Column("known_since", _MOMENT, nullable=False),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.Column("unknown_since", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_securities"),
    )
    op.create_index("ix_securities_symbol", "securities", ["source", "symbol", "id"])
    op.create_table(
        "price_fetches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("security_id", sa.Integer(), nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_fetches"),
        sa.ForeignKeyConstraint(["security_id"], ["securities.id"], name="fk_price_fetches_security_id_securities"),
    )
    op.create_index("ix_price_fetches_security", "price_fetches", ["security_id", "id"])
    op.create_table(
        "prices",
        *_numbers(),
        sa.Column("security_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Date(), nullable=False),
        sa.Column("fetch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("security_id", "session", name="pk_prices"),
        sa.ForeignKeyConstraint(["security_id"], ["securities.id"], name="fk_prices_security_id_securities"),
        sa.ForeignKeyConstraint(["fetch_id"], ["price_fetches.id"], name="fk_prices_fetch_id_price_fetches"),
    )
    op.create_table(
        "price_revisions",
        *_numbers(),
        sa.Column("security_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Date(), nullable=False),
        sa.Column("replaced_by", sa.Integer(), nullable=False),
        sa.Column("fetch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("security_id", "session", "replaced_by", name="pk_price_revisions"),
        sa.ForeignKeyConstraint(["security_id"], ["securities.id"], name="fk_price_revisions_security_id_securities"),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["price_fetches.id"], name="fk_price_revisions_replaced_by_price_fetches"
        ),
        sa.ForeignKeyConstraint(["fetch_id"], ["price_fetches.id"], name="fk_price_revisions_fetch_id_price_fetches"),
    )
    op.create_table(
        "price_rebasings",
        sa.Column("fetch_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("adjusted", sa.Double(), nullable=False),
        sa.Column("quoted", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("fetch_id", "before", name="pk_price_rebasings"),
        sa.ForeignKeyConstraint(["fetch_id"], ["price_fetches.id"], name="fk_price_rebasings_fetch_id_price_fetches"),
    )


def downgrade() -> None:
    for table in ("price_rebasings", "price_revisions", "prices", "price_fetches", "securities"):
        op.drop_table(table)
