import Postgres

/// A workbook of texts, a row at a time, in constant memory: the sheets are on disk until it is finished.
package final class TextWorkbook {
  private let encoder: WorkbookRowEncoder
  private var output: [UInt8] = []

  /// Begins a workbook.
  ///
  /// - Parameters:
  ///   - names: The heading.
  ///   - title: The name of its sheets, at most 20 characters.
  ///   - settings: Where temporary files go, and how many rows a sheet takes.
  init(_ names: [String], titled title: String, _ settings: ExportSettings) throws {
    encoder = try WorkbookRowEncoder(
      ExportColumns(names.map { ExportColumn($0, .text, "''") }), expected: 0,
      rowsPerSheet: settings.rowsPerSheet, folder: settings.folder, title: title)
    try encoder.begin(into: &output)
  }

  /// Adds rows with as many texts as the heading has.
  package func add(_ rows: [[String]]) throws {
    var text: [UInt8] = []
    for row in rows { CopyText.append(row: row, to: &text) }
    try text.withUnsafeBytes { try encoder.encode($0, into: &output) }
  }

  /// Passes the finished file on, and removes what is on disk.
  package func finish(_ write: ([UInt8]) async throws -> Void) async throws {
    defer { encoder.discard() }
    try await encoder.finish(write)
  }
}
