public import Postgres

extension PostgresPool {
  /// Makes the database refuse some rows with "this one not": data that nobody has foreseen.
  ///
  /// - Parameters:
  ///   - event: `INSERT` or `UPDATE`.
  ///   - table: The table, which has one refusal at most, `refuse`.
  ///   - condition: The rows, as a condition on `NEW` and `OLD` without values.
  public func refuse(
    _ event: StaticString = "INSERT", on table: String, where condition: SQL
  ) async throws {
    try await query(
      """
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'this one not';
      END $$
      """)
    try await query(
      """
      CREATE TRIGGER refuse BEFORE \(literal: event) ON \(identifier: table) FOR EACH ROW
      WHEN (\(sql: condition)) EXECUTE FUNCTION refuse()
      """)
  }
}
