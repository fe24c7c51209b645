import Foundation
import Primitives

/// A file with a campaign's document.
enum CampaignFile {
  /// The maximum size of a document, in bytes.
  static let limit = 32 * 1024 * 1024

  /// Reads a file, or standard input for `-`.
  /// - Throws: `CommandFailure` for one that is too large or no JSON.
  static func read(_ path: String) throws -> JSONValue {
    let data: Data
    if path == "-" {
      data = try FileHandle.standardInput.read(upToCount: limit + 1) ?? Data()
    } else {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try file.read(upToCount: limit + 1) ?? Data()
    }
    guard data.count <= limit else {
      throw CommandFailure("\(path) is larger than \(limit) bytes", status: .usage)
    }
    do {
      return try JSONDecoder().decode(JSONValue.self, from: data)
    } catch {
      throw CommandFailure("\(path) is no JSON: \(error)", status: .usage)
    }
  }
}
