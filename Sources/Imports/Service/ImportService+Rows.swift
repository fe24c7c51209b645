import CSV
import Foundation
import Postgres

/// A row that was not imported.
package struct ImportFailure: Sendable, Hashable {
  /// The position after the header, from 1.
  package let row: Int
  /// The physical line of the file at which it starts.
  package let line: Int
  /// The reason: each problem as `alias: reason`, one per line (IMP-47).
  package let error: String
  /// The values by column name; columns without a name are left out.
  package let data: [(column: String, value: String)]

  /// Whether both are the same row of the same file.
  package static func == (a: ImportFailure, b: ImportFailure) -> Bool {
    a.row == b.row && a.line == b.line && a.error == b.error
      && a.data.elementsEqual(b.data, by: ==)
  }

  /// Hashes the position of the row.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(row)
    hasher.combine(error)
  }
}

/// A row that was imported, but not quite as it was written.
package struct ImportWarning: Sendable, Hashable {
  /// The position after the header, from 1.
  package let row: Int
  /// The physical line of the file at which it starts.
  package let line: Int
  /// The reasons: each `alias: "value": reason`, one per line.
  package let text: String
}

/// The beginning of a file with the suggested mapping.
package struct ImportPreview: Sendable, Hashable {
  /// The names of the columns.
  package let headers: [String]
  /// The names by which a mapping knows them: of several that are the same the later ones have numbers (IMP-08).
  package let columns: [String]
  /// The first rows, with one value per column.
  package let rows: [[String]]
  /// The mapping suggested by the header: column → target (IMP-07).
  package let guess: [String: String]
}

extension ImportService {
  /// Returns the first rows of the file and a guessed mapping.
  package func preview(_ id: Int64, rows limit: Int = 10) async throws -> ImportPreview {
    let item = try await store.get(id)
    guard let format = item.format else {
      throw ImportError(.conflict, "the file of import \(id) is not here yet")
    }
    var rows: [[String]] = []
    if item.partCount > 0 {
      let part = try await PartStore(pool: jobs.postgres).read(0, of: id)
      var parser = CSVParser(
        part, dialect: format.dialect, maximumFields: max(1, item.headers.count))
      // As many as the guess of an import that starts at once has.
      while rows.count < max(limit, 99), parser.next() {
        var values = parser.values
        while values.count < item.headers.count { values.append("") }
        rows.append(values)
      }
    }
    let guess = Mapping.guess(
      headers: item.headers, catalog: try await catalog(item.object),
      empty: CSVHeader.emptyColumns(of: item.headers.count, in: rows),
      isNamed: format.hasHeader)
    rows = Array(rows.prefix(limit))
    return ImportPreview(
      headers: item.headers, columns: CSVHeader(names: item.headers).uniqueNames, rows: rows,
      guess: guess.fields)
  }

  /// Returns rows that were not imported, in file order (IMP-71).
  package func failures(
    _ id: Int64, start: Int = 0, limit: Int = 30
  ) async throws -> (total: Int, rows: [ImportFailure]) {
    let item = try await store.get(id)
    let rows = try await ImportStore.failures(
      of: id, start: start, limit: limit, on: jobs.postgres)
    let total = try await ImportStore.failureCount(of: id, on: jobs.postgres)
    let names = CSVHeader(names: item.headers).uniqueNames
    return (
      total,
      try rows.map { row in
        let values = Self.values(try row.decode("record"), item)
        return ImportFailure(
          row: try row.decode("row_number"), line: try row.decode("line"),
          error: try row.decode("error"),
          data: zip(names, values).filter { !$0.0.isEmpty }.map { ($0.0, $0.1) })
      }
    )
  }

  /// Returns rows that were imported with something left out or taken otherwise than it may be meant, in file order.
  package func warnings(
    _ id: Int64, start: Int = 0, limit: Int = 30
  ) async throws -> (total: Int, rows: [ImportWarning]) {
    _ = try await store.get(id)
    let rows = try await ImportStore.warnings(
      of: id, start: start, limit: limit, on: jobs.postgres)
    return (
      try await ImportStore.warningCount(of: id, on: jobs.postgres),
      try rows.map {
        ImportWarning(
          row: try $0.decode("row_number"), line: try $0.decode("line"),
          text: try $0.decode("text"))
      }
    )
  }

  /// Writes the rows that were not imported as a CSV of the original columns followed by `_line`
  /// and `_error`, to be corrected and imported again.
  ///
  /// - Parameter write: Receives the file in pieces; reading waits for it.
  package func writeFailures(
    _ id: Int64, isolation: isolated (any Actor)? = #isolation,
    to write: ([UInt8]) async throws -> Void
  ) async throws {
    let item = try await store.get(id)
    var writer = CSVWriter(dialect: item.format?.dialect ?? .standard, lineEnd: .crlf)
    writer.write(item.headers + ["_line", "_error"])
    var last: Int64 = 0
    while true {
      let rows = try await ImportStore.failures(
        of: id, after: last, limit: 1000, on: jobs.postgres)
      for row in rows {
        last = try row.decode("row_number")
        var parser = CSVParser(
          try row.decode("record"), dialect: item.format?.dialect ?? .standard)
        let values = parser.next() ? parser.values : []
        let isText = values.indices.map { parser.isQuoted($0) && values[$0] == "NULL" }
        for index in item.headers.indices {
          let isPresent = index < values.count
          // In quotes it is a text and clears nothing.
          writer.write(
            value: isPresent ? values[index] : "", inQuotes: isPresent && isText[index])
        }
        writer.write(value: "\(try row.decode("line", as: Int64.self))")
        writer.write(value: try row.decode("error", as: String.self))
        // A surplus value follows the reason, so that the columns keep their positions.
        for value in values.dropFirst(item.headers.count) { writer.write(value: value) }
        writer.endRecord()
      }
      try await write(writer.take())
      if rows.count < 1000 { return }
    }
  }

  private static func values(_ record: [UInt8], _ item: Import) -> [String] {
    var parser = CSVParser(record, dialect: item.format?.dialect ?? .standard)
    guard parser.next() else { return [] }
    return parser.values
  }
}
