"""sightings"""

from alembic import op
import sqlalchemy as sa

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sighted_listings',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Text(), nullable=False),
    sa.Column('seller_id', sa.Text(), nullable=True),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('scan_id', sa.Text(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=True),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('route', sa.Text(), nullable=True),
    sa.Column('brand', sa.Text(), nullable=True),
    sa.Column('reference_id', sa.Text(), nullable=True),
    sa.Column('recipe_version', sa.Text(), nullable=True),
    sa.Column('encoder', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_sighted_listings_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'platform', 'listing_id', name=op.f('pk_sighted_listings'))
    )
    op.create_index(op.f('ix_sighted_listings_tenant_seen_at'), 'sighted_listings', ['tenant', 'seen_at'])
    op.create_index(op.f('ix_sighted_listings_tenant_platform_seller_id'), 'sighted_listings', ['tenant', 'platform', 'seller_id'])
    op.create_table('sighted_pictures',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('platform', sa.Text(), nullable=False),
    sa.Column('listing_id', sa.Text(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('dhash', sa.BigInteger(), nullable=True),
    sa.Column('phash', sa.BigInteger(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['tenant', 'platform', 'listing_id'], ['sighted_listings.tenant', 'sighted_listings.platform', 'sighted_listings.listing_id'], name=op.f('fk_sighted_pictures_tenant_platform_listing_id_sighted_listings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'platform', 'listing_id', 'place', name=op.f('pk_sighted_pictures'))
    )
    op.create_index(op.f('ix_sighted_pictures_tenant_sha256'), 'sighted_pictures', ['tenant', 'sha256'])


def downgrade() -> None:
    op.drop_table('sighted_pictures')
    op.drop_table('sighted_listings')
