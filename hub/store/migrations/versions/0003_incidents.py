"""Incidents: one cause, many people."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = sa.text("is_open = 1")
HEARD = sa.text("direction = 'in'")


def upgrade() -> None:
    """What is failing just now, incidents, who belongs to them and whom they have told."""
    op.create_table(
        "incident_marks",
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("rule", "cohort", "device", "fault", "case")
        ],
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "cohort", "device", name=op.f("pk_incident_marks")),
    )
    op.create_index(op.f("ix_incident_marks_rule_cohort_at"), "incident_marks", ["rule", "cohort", "at"])
    text = (
        "id",
        "rule",
        "cohort",
        "title",
        "severity",
        "state",
        "approved_by",
        "words",
        "because",
        "closing",
    )
    numbers = ("opened", "hold_until", "canary", "number", "version", "is_open")
    moments = ("approved", "canary_until", "paid", "next_update", "closed")
    op.create_table(
        "incidents",
        *[sa.Column(name, sa.Text(), nullable=False) for name in text],
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers],
        *[sa.Column(name, sa.BigInteger(), nullable=True) for name in moments],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_is_open_opened"), "incidents", ["is_open", "opened"])
    op.create_index(
        "uq_incidents_open_rule_cohort",
        "incidents",
        ["rule", "cohort"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "incident_members",
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("incident", "case", "device", "state", "because")
        ],
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "case", name=op.f("pk_incident_members")),
    )
    op.create_index(op.f("ix_incident_members_case"), "incident_members", ["case"])
    op.create_index(
        op.f("ix_incident_members_incident_state_due"), "incident_members", ["incident", "state", "due"]
    )
    op.create_index(op.f("ix_incident_members_incident_site"), "incident_members", ["incident", "site"])
    op.create_table(
        "incident_told",
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("incident", "household", "customer", "case", "message")
        ],
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("incident", "household", name=op.f("pk_incident_told")),
    )
    for columns in (["incident", "customer"], ["incident", "at"], ["message"]):
        op.create_index(op.f("ix_incident_told_" + "_".join(columns)), "incident_told", columns)
    op.create_index("ix_devices_model_firmware", "devices", ["model", "firmware"])
    op.create_index(
        "ix_messages_heard",
        "messages",
        ["case", "seq"],
        sqlite_where=HEARD,
        postgresql_where=HEARD,
    )
