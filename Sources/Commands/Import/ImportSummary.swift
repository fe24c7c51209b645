import Foundation
import Imports

/// An import as the command line shows it, from the database or the API.
struct ImportSummary: Codable {
  let id: Int64
  let status: String
  let rows: Int
  let created: Int
  let updated: Int
  let ignored: Int
  /// Parts of cells that were left out.
  let cellsLeftOut: Int
  let remarks: [String]
  let rowsPerSecond: Double
  let problem: String?

  /// Rows handled.
  var done: Int { created + updated + ignored }

  init(_ item: Import, now: Date) {
    id = item.id
    status = item.status.name
    rows = item.lineCount
    created = item.insertedCount
    updated = item.updatedCount
    ignored = item.ignoredCount
    cellsLeftOut = item.leftOutCount
    remarks = item.remarks
    rowsPerSecond = item.speed(at: now)
    problem = item.error?.message ?? item.statusInfo
  }

  private enum Member: String, CodingKey {
    case id, statusName, statusInfo, lineCount, insertedCount, updatedCount, ignoredCount, speed
    case error, leftOutCount, remarks
  }
  private struct Fault: Decodable { let message: String }

  /// Reads the API's entity.
  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    id = try members.decode(Int64.self, forKey: .id)
    status = try members.decode(String.self, forKey: .statusName)
    rows = try members.decode(Int.self, forKey: .lineCount)
    created = try members.decode(Int.self, forKey: .insertedCount)
    updated = try members.decode(Int.self, forKey: .updatedCount)
    ignored = try members.decode(Int.self, forKey: .ignoredCount)
    cellsLeftOut = try members.decodeIfPresent(Int.self, forKey: .leftOutCount) ?? 0
    remarks = try members.decodeIfPresent([String].self, forKey: .remarks) ?? []
    rowsPerSecond = try members.decode(Double.self, forKey: .speed)
    problem =
      try members.decodeIfPresent(Fault.self, forKey: .error)?.message
      ?? members.decodeIfPresent(String.self, forKey: .statusInfo)
  }

  /// The summary line for people.
  var line: String {
    var line = "import \(id) \(status): \(rows) rows"
    if done > 0 {
      line += ", \(created) created, \(updated) updated, \(ignored) left out"
      line += " (\(Int(rowsPerSecond))/s)"
    }
    if cellsLeftOut > 0 { line += ", \(cellsLeftOut) cells left out" }
    if let problem { line += ": \(problem)" }
    return line
  }

  /// Prints the line, and what the user should know of the file.
  func print() {
    Console.line(line)
    for remark in remarks { Console.line(remark) }
  }
}
