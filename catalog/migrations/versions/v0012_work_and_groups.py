"""what schedules do, groups of pictures"""

from alembic import op
import sqlalchemy as sa

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('schedules', sa.Column('kind', sa.Text(), server_default='scan', nullable=False))
    op.add_column('schedules', sa.Column('options', sa.JSON(), server_default='{}', nullable=False))
    op.create_table('groupings',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('alike', sa.Double(), nullable=False),
    sa.Column('references', sa.Text(), nullable=False),
    sa.Column('read_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_groupings_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', name=op.f('pk_groupings'))
    )
    op.create_table('picture_groups',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('dhash', sa.BigInteger(), nullable=True),
    sa.Column('phash', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('into', sa.Text(), nullable=True),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('reference_id', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_picture_groups_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'id', name=op.f('pk_picture_groups'))
    )
    op.create_table('grouped_pictures',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('group_id', sa.Text(), nullable=False),
    sa.Column('dhash', sa.BigInteger(), nullable=True),
    sa.Column('phash', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['tenant', 'group_id'], ['picture_groups.tenant', 'picture_groups.id'], name=op.f('fk_grouped_pictures_tenant_group_id_picture_groups'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'sha256', name=op.f('pk_grouped_pictures'))
    )
    op.create_index(op.f('ix_grouped_pictures_tenant_group_id'), 'grouped_pictures', ['tenant', 'group_id'])


def downgrade() -> None:
    op.drop_table('grouped_pictures')
    op.drop_table('picture_groups')
    op.drop_table('groupings')
    op.drop_column('schedules', 'options')
    op.drop_column('schedules', 'kind')
