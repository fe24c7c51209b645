import CSV
import Postgres

extension ExportService {
  /// Returns one contact as a file of two columns, alias and value (EXP-19).
  ///
  /// - Parameters:
  ///   - id: The contact.
  ///   - format: CSV or Excel.
  ///   - raw: Whether formulas are left unchanged (EXP-12).
  /// - Returns: The file; nil if there is no such contact.
  /// - Throws: ``ExportError`` for another format.
  package func contact(_ id: Int64, as format: ExportFormat, raw: Bool) async throws -> [UInt8]? {
    guard format != .jsonl else {
      throw ExportError(.invalid, "format: a contact is exported as csv or xlsx", field: "format")
    }
    let columns = try ExportColumns(nil, fields: try await fields.current(), user: nil)
    guard let values = try await values(of: id, columns) else { return nil }
    let rows = zip(columns.names, values).map { [$0, $1 ?? ""] }
    if format == .csv {
      var writer = CSVWriter(lineEnd: .crlf, neutralisesFormulas: !raw)
      writer.write(["alias", "value"])
      for row in rows { writer.write(row) }
      return writer.take()
    }
    return try await workbook(rows)
  }

  /// Returns the values as in a file of all contacts.
  private func values(of id: Int64, _ columns: ExportColumns) async throws -> [String?]? {
    try await jobs.postgres.transaction { connection in
      await Snapshot.prepare(connection)
      return try await ExportStore.values(
        of: id, columns.all.map(\.plain), on: connection)
    }
  }

  private func workbook(_ rows: [[String]]) async throws -> [UInt8] {
    let columns = ExportColumns(["alias", "value"].map { ExportColumn($0, .text, "''") })
    let settings = try await settings()
    var text: [UInt8] = []
    for row in rows { CopyText.append(row: row, to: &text) }
    let encoder = try WorkbookRowEncoder(
      columns, expected: Int64(rows.count), rowsPerSheet: settings.rowsPerSheet,
      folder: settings.folder)
    var file: [UInt8] = []
    try encoder.begin(into: &file)
    try text.withUnsafeBytes { try encoder.encode($0, into: &file) }
    try await encoder.finish { file += $0 }
    encoder.discard()
    return file
  }
}
