import Postgres

/// The reason why a request about an export is refused, or why an export has failed.
package struct ExportError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
  /// The kinds of errors.
  package enum Code: String, Sendable, Codable {
    /// There is no such export.
    case notFound = "not_found"
    /// The request contradicts itself or the current state.
    case invalid
    /// No contact matches (EXP-15).
    case nothing = "nothing_to_export"
    /// More contacts match than the operator allows (EXP-05).
    case tooMany = "too_many"
    /// The status of the export does not allow it.
    case conflict
    /// The file is not ready yet.
    case notReady = "not_ready"
    /// The file has expired and was deleted (EXP-16).
    case expired
    /// It belongs to another user (EXP-04).
    case forbidden
    /// The work failed despite retries.
    case failed
  }

  package let code: Code
  /// A message for users.
  package let message: String
  /// The member of the request at fault.
  package let field: String?

  /// Creates an error with its message.
  package init(_ code: Code, _ message: String, field: String? = nil) {
    self.code = code
    self.message = message
    self.field = field
  }

  package var description: String { message }

  /// Returns the description of an error without any data.
  static func reason(_ error: any Error) -> String {
    (error as? PostgresError)?.message ?? "\(error)"
  }

  static func noSuchExport(_ id: Int64) -> ExportError {
    ExportError(.notFound, "there is no export \(id)")
  }

  static let nothing = ExportError(.nothing, "nothing to export: no contact matches")

  static func tooMany(_ found: Int64, limit: Int64) -> ExportError {
    ExportError(.tooMany, "\(found) contacts match; at most \(limit) may be exported at once")
  }
}
