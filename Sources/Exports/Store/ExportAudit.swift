import Foundation
import JobQueue
import Postgres
import Primitives
import Users

/// The audit entries of exports (EXP-18).
enum ExportAudit {
  static func write(
    _ action: String, _ export: Export, _ more: [String: JSONValue] = [:], by author: Author,
    in transaction: Transaction
  ) async throws {
    var details: [String: JSONValue] = [
      "query": export.options.query, "format": .string(export.options.format.rawValue),
    ]
    for (name, value) in more { details[name] = value }
    try await AuditLog.write(
      [.init(action, "export", export.id, details: .object(details))], by: author, in: transaction)
  }
}
