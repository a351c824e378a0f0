"""Sending: what is urgent leaves first, by lanes that can be paused and paced one by one; relays that are alive."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = sa.text("state IN ('queued', 'in_doubt')")
URGENCY = """UPDATE outbox SET urgency = CASE
    WHEN class = 'safety' THEN 0 WHEN class = 'first' THEN 2 WHEN class IN ('reminder', 'recovery') THEN 3 ELSE 1 END"""


def upgrade() -> None:
    op.add_column("outbox", sa.Column("lane", sa.Text(), nullable=False, server_default="command"))
    op.add_column("outbox", sa.Column("urgency", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("outbox", sa.Column("relay", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE outbox SET lane = COALESCE((SELECT channel FROM messages WHERE messages.id = outbox.id), '')"
        " WHERE kind = 'message'"
    )
    op.execute(URGENCY)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["urgency", "due", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "paces",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_paces")),
    )
    op.create_table(
        "relays",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_relays")),
    )
