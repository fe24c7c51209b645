import Postgres
import Primitives

extension ImportStore {
  /// Returns all users, for the names of owners in files.
  func users() async throws -> UserDirectory {
    let rows = try await pool.query(
      "SELECT id, username, email, first_name, last_name FROM users ORDER BY id")
    return UserDirectory(
      try rows.map { row in
        let username: String = try row.decode("username")
        let first: String = try row.decode("first_name")
        let last: String = try row.decode("last_name")
        let name = "\(first) \(last)".trimmingBlanks()
        return .init(
          id: try row.decode("id"), username: username, email: try row.decode("email"),
          name: name.isEmpty ? username : name)
      })
  }

  /// Returns the names of companies, by id; those without a name are left out.
  static func companyNames(
    _ companies: Set<Int64>, on connection: PostgresConnection
  ) async throws -> [Int64: String] {
    var names: [Int64: String] = [:]
    for row in try await connection.query(
      "SELECT id, companyname FROM companies WHERE id = ANY(\(Array(companies)))")
    {
      names[try row.decode("id")] = try row.decode("companyname", as: String?.self)
    }
    return names
  }
}
