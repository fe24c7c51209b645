import Exports
import Foundation

/// The receiver of requests for exports: the database itself, or the HTTP API.
protocol ExportDesk {
  /// Requests an export, which then waits for a worker.
  func ask(_ wish: ExportWish) async throws -> ExportSummary

  /// The state of the export.
  func summary(_ id: Int64) async throws -> ExportSummary

  /// Fetches the file into an open one.
  func fetch(_ export: ExportSummary, into file: FileHandle) async throws
}

/// The options of an export.
struct ExportWish {
  var format: ExportFormat
  /// The alias of a segment.
  var segment: String?
  var search: String?
  var columns: [String]?
  var raw: Bool
  var byteOrderMark: Bool
  /// The delimiter of a CSV; nil for a comma.
  var delimiter: String?
  var gzip: Bool

  /// The segment's members found by the search language, which knows aliases on either side
  /// (EXP-07).
  var query: String? {
    let parts = [segment.map { "segment:\($0)" }, search.map { segment == nil ? $0 : "(\($0))" }]
    let text = parts.compactMap { $0 }.joined(separator: " ")
    return text.isEmpty ? nil : text
  }
}
