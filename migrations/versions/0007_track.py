"""The record: a hash chain over issued forecasts that nothing can change or delete, their outcomes and pictures."""

import json
from datetime import UTC
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_MOMENT = sa.DateTime(timezone=True)
_SENTENCE = "An issued forecast is never changed or deleted. A correction is a new row that names the old one."
_MODELS = ("lstm", "random_walk", "drift")
_KEPT = (
    "source", "symbol", "as_of", "model_version", "raw_close", "adjustment", "quantiles", "data_hash", "code_version",
    "seed", "issued_at",
)  # fmt: skip


def upgrade() -> None:
    op.rename_table("issued_forecasts", "issued_forecasts_unchained")
    _create_issued()
    _chain_old_rows()
    op.drop_table("issued_forecasts_unchained")
    _refuse_changes()
    _create_outcomes()
    op.create_table(
        "track_charts",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("theme", sa.String(8), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "symbol", "kind", "theme", name="pk_track_charts"),
    )


def _create_issued() -> None:
    if op.get_bind().dialect.name == "postgresql":  # where names of constraints are unique in the whole database
        op.execute("ALTER TABLE issued_forecasts_unchained DROP CONSTRAINT pk_issued_forecasts")
    op.create_table(
        "issued_forecasts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("security", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("raw_close", sa.Double(), nullable=False),
        sa.Column("adjustment", sa.Double(), nullable=False),
        sa.Column("quantiles", sa.JSON(), nullable=False),
        sa.Column("baselines", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("promise", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("data_hash", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(64), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_issued_forecasts"),
        sa.ForeignKeyConstraint(
            ["corrects"], ["issued_forecasts.number"], name="fk_issued_forecasts_corrects_issued_forecasts"
        ),
        sa.UniqueConstraint("corrects", name="uq_issued_forecasts_corrects"),
        sa.CheckConstraint("kind IN ('live', 'replayed')", name="ck_issued_forecasts_kind"),
    )
    op.create_index(
        "uq_issued_forecasts_once",
        "issued_forecasts",
        ["source", "symbol", "kind", "as_of", "model_version"],
        unique=True,
        sqlite_where=sa.text("corrects IS NULL"),
        postgresql_where=sa.text("corrects IS NULL"),
    )


def _chain_old_rows() -> None:
    """Number the rows in the order in which they were issued, and give each its hash."""
    types = {"as_of": sa.Date(), "issued_at": _MOMENT, "quantiles": sa.JSON(), "raw_close": sa.Double()}
    types |= {"adjustment": sa.Double()}
    columns = [sa.column(name, types.get(name)) for name in _KEPT]
    old = sa.table("issued_forecasts_unchained", sa.column("id"), *columns)
    new_types = types | {"security": sa.JSON(none_as_null=True), "baselines": sa.JSON(none_as_null=True)}
    new_types |= {"promise": sa.JSON(none_as_null=True)}
    added = ("number", "kind", "corrects", "security", "currency", "baselines", "promise", "hash")
    new = sa.table("issued_forecasts", *(sa.column(name, new_types.get(name)) for name in (*_KEPT, *added)))
    connection, before = op.get_bind(), "0" * 64
    for number, row in enumerate(connection.execute(sa.select(old).order_by(old.c.id)).mappings().all(), 1):
        content = {name: row[name] for name in _KEPT}
        content |= {"number": number, "kind": "live", "currency": "USD"}
        content |= dict.fromkeys(("corrects", "security", "baselines", "promise"))
        before = _hash(before, content)
        connection.execute(sa.insert(new).values(**content, hash=before))


def _hash(before: str, content: dict[str, object]) -> str:
    """The form of ``docs/record.md``, as it was when this was written and must stay."""
    moment, day = content["issued_at"], content["as_of"]
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    plain = content | {"as_of": day.isoformat(), "issued_at": moment.isoformat(timespec="microseconds")}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sha256(before.encode() + b"\n" + text.encode()).hexdigest()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change_of_issued_forecasts() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$"
        )
        for change, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER issued_forecasts_no_{change.lower()} BEFORE {change} ON issued_forecasts "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_of_issued_forecasts()"
            )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER issued_forecasts_no_{change.lower()} BEFORE {change} ON issued_forecasts "
            f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        )


def _create_outcomes() -> None:
    sums = [
        sa.Column(f"{model}_{name}", sa.Integer() if name.startswith("in") else sa.Double(), nullable=False)
        for model in _MODELS
        for name in ("abs", "sq", "pct", "pct_sq", "in80", "in95")
    ]
    promised = [
        sa.Column(f"promised_{name}", sa.Double(), nullable=True)
        for name in ("mae_pct", "rmse_pct", "skill_rw", "skill_drift", "cover80", "cover95")
    ]
    op.create_table(
        "outcomes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("symbol", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("last_scored", sa.Date(), nullable=True),
        sa.Column("scored_at", _MOMENT, nullable=False),
        sa.Column("closes", sa.LargeBinary(), nullable=False),
        *sums,
        *promised,
        sa.Column("week_ends", sa.Date(), nullable=True),
        sa.Column("week_in80", sa.Boolean(), nullable=True),
        sa.Column("week_worse", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_outcomes"),
        sa.ForeignKeyConstraint(["number"], ["issued_forecasts.number"], name="fk_outcomes_number_issued_forecasts"),
    )
    op.create_index("ix_outcomes_symbol", "outcomes", ["source", "symbol", "kind", "as_of"])


def downgrade() -> None:
    raise NotImplementedError("a record that can be taken back is none")
