package import Postgres

/// The tables of the API itself, as ordered migrations.
package enum APIMigrations {
  /// All migrations of this module, in the order in which they apply.
  package static let all: [Migration] = [
    Migration("api.001-idempotency-keys", idempotencyKeys)
  ]

  /// `token` names the execution that holds a key; `leased_until` moves on while it is under way.
  private static let idempotencyKeys = """
    CREATE TABLE idempotency_keys (
      user_id bigint NOT NULL,
      method text NOT NULL,
      path text NOT NULL,
      key text NOT NULL,
      token uuid NOT NULL,
      date_added timestamptz NOT NULL,
      leased_until timestamptz NOT NULL,
      status integer,
      location text,
      content_type text,
      body bytea,
      fingerprint bytea,
      PRIMARY KEY (user_id, method, path, key)
    );
    CREATE INDEX idempotency_keys_date_added ON idempotency_keys (date_added);
    """
}
