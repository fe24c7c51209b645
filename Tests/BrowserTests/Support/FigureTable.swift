import Foundation

/// The table of pages in `docs/console.md`.
struct FigureTable {
  /// What the table says of a page.
  struct Row: Sendable, Equatable {
    var page: String
    var traffic: Traffic
  }

  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../docs/console.md").standardizedFileURL

  private let text: String

  init() throws { text = try String(contentsOf: Self.file, encoding: .utf8) }

  /// The rows: page, kB, requests, milliseconds.
  var rows: [Row] {
    text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard line.hasPrefix("| `/console"), cells.count == 4, let size = Double(cells[1]),
        let requests = Int(cells[2]), let paint = Int(cells[3])
      else { return nil }
      return Row(
        page: cells[0].trimmingCharacters(in: ["`"]),
        traffic: Traffic(
          bytes: Int((size * 1000).rounded()), requests: requests, firstPaint: paint))
    }
  }

  /// Writes other rows in place of those that are there.
  static func write(_ rows: [Row]) throws {
    var lines = try Self().text.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeAll { $0.hasPrefix("| `/console") }
    guard let head = lines.firstIndex(of: "| page | kB | requests | first paint, ms |") else {
      throw Browser.Failure("\(file.path) has no table of pages")
    }
    // Below the head stands the line that makes it one.
    lines.insert(contentsOf: rows.map { Substring(line($0)) }, at: head + 2)
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
  }

  private static func line(_ row: Row) -> String {
    let size = String(format: "%.1f", Double(row.traffic.bytes) / 1000)
    return "| `\(row.page)` | \(size) | \(row.traffic.requests) | \(row.traffic.firstPaint) |"
  }
}
