"""Alembic's entry: runs the versions on the connection that the store hands over, inside its transaction."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=None,
    transactional_ddl=True,
    version_table=attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
