"""adapters and recipes by category"""

from alembic import op
import sqlalchemy as sa

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('adapters',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('document', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('worth', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('learned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('learned_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['tenant'], ['tenants.name'], name=op.f('fk_adapters_tenant_tenants'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'version', name=op.f('pk_adapters'))
    )
    op.create_table('category_recipes',
    sa.Column('tenant', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('chosen_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['tenant', 'version'], ['recipes.tenant', 'recipes.version'], name=op.f('fk_category_recipes_tenant_version_recipes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tenant', 'category', name=op.f('pk_category_recipes'))
    )


def downgrade() -> None:
    op.drop_table('category_recipes')
    op.drop_table('adapters')
