"""rechecks, and pictures that are kept"""

from alembic import op
import sqlalchemy as sa

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tenants', sa.Column('keep_pictures', sa.Text(), nullable=True))
    op.add_column('sighted_listings', sa.Column('judged_by', sa.Text(), nullable=True))
    op.add_column('sighted_pictures', sa.Column('kept', sa.Text(), nullable=True))
    op.create_table('case_states',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_by', sa.Text(), nullable=False),
    sa.Column('seller_id', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_case_states_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_states'))
    )
    op.create_index(op.f('ix_case_states_tenant_platform_listing_id'), 'case_states', ['tenant', 'platform', 'listing_id'])
    op.create_table('rechecks',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('searched_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unanswered', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_rechecks_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'platform', 'listing_id', name=op.f('pk_rechecks'))
    )
    op.create_table('come_backs',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Text(), nullable=False),
    sa.Column('as_platform', sa.Text(), nullable=False),
    sa.Column('as_listing_id', sa.Text(), nullable=False),
    sa.Column('seller_id', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('certain', sa.Boolean(), nullable=False),
    sa.Column('bits', sa.Integer(), nullable=False),
    sa.Column('picture', sa.Text(), nullable=False),
    sa.Column('as_picture', sa.Text(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_come_backs_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'platform', 'listing_id', 'as_platform', 'as_listing_id', name=op.f('pk_come_backs'))
    )


def downgrade() -> None:
    op.drop_table('come_backs')
    op.drop_table('rechecks')
    op.drop_table('case_states')
    op.drop_column('sighted_pictures', 'kept')
    op.drop_column('sighted_listings', 'judged_by')
    op.drop_column('tenants', 'keep_pictures')
