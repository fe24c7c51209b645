import Foundation
import Imports

/// An import as the command line tells of it.
struct ImportSummary: Encodable {
  let id: Int64
  let status: String
  let rows: Int
  let created: Int
  let updated: Int
  let ignored: Int
  let seconds: Double?
  let rowsPerSecond: Double?
  let problem: String?

  init(_ item: Import, now: Date) {
    id = item.id
    status = item.status.name
    rows = item.lineCount
    created = item.insertedCount
    updated = item.updatedCount
    ignored = item.ignoredCount
    seconds = item.dateStarted.map {
      ((item.dateEnded ?? now).timeIntervalSince($0) * 1000).rounded() / 1000
    }
    rowsPerSecond = item.dateStarted.map { _ in item.speed(at: now) }
    problem = item.error?.message ?? item.statusInfo
  }

  /// One line for people.
  func print() {
    var line = "import \(id) \(status): \(rows) rows"
    if let seconds, created + updated + ignored > 0 {
      line += ", \(created) created, \(updated) updated, \(ignored) left out, in \(seconds) s"
    }
    if let problem { line += " (\(problem))" }
    Console.line(line)
  }
}
