"""decisions"""

from alembic import op
import sqlalchemy as sa

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('decisions',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Text(), nullable=False),
    sa.Column('brand', sa.Text(), nullable=True),
    sa.Column('ruling', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('scan_id', sa.Text(), nullable=False),
    sa.Column('basis', sa.JSON(none_as_null=True), nullable=False),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_decisions_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions'))
    )
    op.create_index(op.f('ix_decisions_tenant_platform_listing_id'), 'decisions', ['tenant', 'platform', 'listing_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_decisions_tenant_platform_listing_id'), table_name='decisions')
    op.drop_table('decisions')
