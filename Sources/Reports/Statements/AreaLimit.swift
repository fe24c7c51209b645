import Postgres
package import Users

/// The permission that rows need, and the condition of those that are a user's own.
package struct AreaLimit: Sendable {
  /// The area whose permission to view decides.
  package let area: PermissionArea
  /// The condition of a user's own rows; nil where these cannot be told, so that others' must be permitted.
  let own: (@Sendable (Int64) -> SQL)?

  init(_ area: PermissionArea, own: (@Sendable (Int64) -> SQL)? = nil) {
    self.area = area
    self.own = own
  }
}

extension [AreaLimit] {
  /// Returns the condition of the rows that a user may see.
  ///
  /// - Throws: ``ReportError/forbidden`` where a permission is missing, or one's own rows cannot be told.
  func condition(for rights: PermissionSet, user: Int64) throws(ReportError) -> SQL {
    var conditions: [SQL] = []
    for limit in self {
      switch rights.access(limit.area, .view) {
      case .none: throw .forbidden
      case .own:
        guard let own = limit.own else { throw .forbidden }
        conditions.append("(\(sql: own(user)))")
      case .all: break
      }
    }
    return conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
  }
}

extension AreaLimit {
  /// Rows of contacts: those of contacts that the user owns.
  ///
  /// - Parameter contact: The column with the contact's id.
  static func contacts(_ contact: SQL) -> AreaLimit {
    AreaLimit(.contacts) { user in
      "\(sql: contact) IN (SELECT id FROM contacts WHERE owner_id = \(user))"
    }
  }

  /// Rows of a record: those of records that the user created.
  ///
  /// - Parameters:
  ///   - table: The table of the records.
  ///   - id: The column with the record's id.
  static func created(_ area: PermissionArea, _ table: String, _ id: SQL) -> AreaLimit {
    AreaLimit(area) { user in
      """
      \(sql: id) IN (SELECT id FROM \(identifier: table) WHERE created_by = \(user))
      """
    }
  }
}
