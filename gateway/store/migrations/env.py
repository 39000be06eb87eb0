"""What Alembic runs: the steps that are missing, on the connection and in the transaction of whoever migrates."""

from alembic import context

from gateway.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
