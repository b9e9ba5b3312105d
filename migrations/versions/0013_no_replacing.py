"""SQLite's INSERT OR REPLACE deletes the row in its way without asking the trigger that refuses deletions."""

from alembic import op

revision = "0013"
down_revision = "0012"

_SENTENCE = "An issued forecast is never changed or deleted. A correction is a new row that names the old one."

_TRIGGER = f"""
CREATE TRIGGER issued_forecasts_no_replace BEFORE INSERT ON issued_forecasts
WHEN EXISTS (SELECT 1 FROM issued_forecasts WHERE number = NEW.number)
    OR EXISTS (SELECT 1 FROM issued_forecasts WHERE corrects = NEW.corrects)
    OR (NEW.corrects IS NULL AND EXISTS (
        SELECT 1 FROM issued_forecasts
        WHERE source = NEW.source AND symbol = NEW.symbol AND kind = NEW.kind AND as_of = NEW.as_of
            AND model_version = NEW.model_version AND corrects IS NULL))
BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END
"""  # noqa: S608 - of constants


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL can only turn such an insert into an update, which is refused
    op.execute(_TRIGGER)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER issued_forecasts_no_replace")
