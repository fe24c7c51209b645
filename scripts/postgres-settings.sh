# The PostgreSQL settings of the private server that scripts/up and scripts/bench start. Commits
# are durable (fsync and synchronous_commit stay on); the rest suits bulk loading on a small machine.
postgres_settings="max_connections = 200
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 15min
wal_compression = lz4
random_page_cost = 1.1"
