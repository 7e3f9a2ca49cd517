"""what schedules do"""

from alembic import op
import sqlalchemy as sa

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('schedules', sa.Column('kind', sa.Text(), server_default='scan', nullable=False))
    op.add_column('schedules', sa.Column('options', sa.JSON(), server_default='{}', nullable=False))


def downgrade() -> None:
    op.drop_column('schedules', 'options')
    op.drop_column('schedules', 'kind')
