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
    let workbook = try await newWorkbook(["alias", "value"], titled: "Contacts")
    try workbook.add(rows)
    var file: [UInt8] = []
    try await workbook.finish { file += $0 }
    return file
  }

  /// Returns the values as in a file of all contacts.
  private func values(of id: Int64, _ columns: ExportColumns) async throws -> [String?]? {
    try await jobs.postgres.transaction { connection in
      await Snapshot.prepare(connection)
      return try await ExportStore.values(
        of: id, columns.all.map(\.plain), on: connection)
    }
  }

  /// Begins a workbook of texts.
  ///
  /// - Parameters:
  ///   - names: The heading.
  ///   - title: The name of its sheets, at most 20 characters.
  package func newWorkbook(_ names: [String], titled title: String) async throws -> TextWorkbook {
    try TextWorkbook(names, titled: title, try await settings())
  }
}
