import Exports
import Foundation

/// An export as the command line shows it, from the database or the API.
struct ExportSummary: Codable {
  let id: Int64
  let status: String
  let contacts: Int64?
  let done: Int64
  let fileName: String
  let bytes: Int64?
  let sha256: String?
  let neutralised: Int64
  /// The number of contacts whose rows could not be formed.
  let leftOut: Int
  let problem: String?

  init(_ export: Export, now: Date) {
    id = export.id
    status = export.status(at: now).name
    contacts = export.rowCount
    done = export.processedCount
    fileName = export.fileName
    bytes = export.fileSize
    sha256 = export.sha256
    neutralised = export.neutralisedCount
    leftOut = export.leftOut.count
    problem = export.error?.message
  }

  private enum Member: String, CodingKey {
    case id, statusName, rowCount, processedCount, fileName, fileSize, sha256, neutralisedCount
    case failedCount, error
  }
  private struct Fault: Decodable { let message: String }

  /// Reads the API's entity.
  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    id = try members.decode(Int64.self, forKey: .id)
    status = try members.decode(String.self, forKey: .statusName)
    contacts = try members.decodeIfPresent(Int64.self, forKey: .rowCount)
    done = try members.decode(Int64.self, forKey: .processedCount)
    fileName = try members.decode(String.self, forKey: .fileName)
    bytes = try members.decodeIfPresent(Int64.self, forKey: .fileSize)
    sha256 = try members.decodeIfPresent(String.self, forKey: .sha256)
    neutralised = try members.decode(Int64.self, forKey: .neutralisedCount)
    // An older API leaves none out.
    leftOut = try members.decodeIfPresent(Int.self, forKey: .failedCount) ?? 0
    problem = try members.decodeIfPresent(Fault.self, forKey: .error)?.message
  }

  /// The summary line for people.
  /// - Parameter output: The path of the written file; `-` for standard output.
  func line(to output: String) -> String {
    var line = "export \(id) \(status)"
    if let contacts { line += ": \(contacts) contacts" }
    if let bytes { line += ", \(bytes) bytes" }
    if status == ExportStatus.ready.name { line += " to \(output)" }
    if neutralised > 0 { line += "; \(neutralised) formulas made harmless by a '" }
    if leftOut > 0 { line += "; \(leftOut) left out, whose rows could not be formed" }
    if let problem { line += ": \(problem)" }
    return line
  }

  /// Prints the line; to standard error where standard output is the file.
  func print(to output: String) {
    if output == "-" { Console.error(line(to: output)) } else { Console.line(line(to: output)) }
  }
}
