import CSV

/// A record of the file that is not imported, with the reason.
struct FailedRow: Sendable, Equatable {
  let row: Int
  let line: Int
  let error: String
  let record: [UInt8]
}

/// A row that is imported, but not quite as it was written (IMP-46).
struct WarnedRow: Sendable, Equatable {
  let row: Int
  let line: Int
  /// Each warning as `alias: "value": reason`, one per line.
  let text: String
  /// The number of parts of cells that were left out.
  let leftOut: Int
}

/// A record that waits until all parts are done, because its identifier occurs in several of them.
struct DeferredRow: Sendable {
  let row: Int
  let line: Int
  let hash: UInt64
  let record: [UInt8]
}

/// The contents of a part, read and sorted.
struct PartContents: Sendable {
  var reader: RowReader
  var failed: [FailedRow] = []
  var deferred: [DeferredRow] = []
  var warned: [WarnedRow] = []
  /// The line and the record of each valid row, in case the database rejects it.
  var lines: [Int] = []
  var records: [Range<Int>] = []
  var bytes: [UInt8] = []

  /// Adds the warnings of the row that was read last.
  mutating func addWarnings(row: Int, line: Int) {
    guard !reader.warnings.isEmpty else { return }
    warned.append(
      WarnedRow(
        row: row, line: line, text: reader.warnings.joined(separator: "\n"),
        leftOut: reader.leftOutCount))
  }

  func failure(of index: Int, _ error: String) -> FailedRow {
    FailedRow(
      row: reader.block.rowNumbers[index], line: lines[index], error: error,
      record: Array(bytes[records[index]]))
  }
}

struct PartReader: Sendable {
  let run: ImportRun
  let format: CSVFormat

  /// - Parameter contested: The hashes of the keys to defer, sorted.
  func read(_ part: CSVPart, contested: [UInt64]) -> PartContents {
    var contents = PartContents(reader: reader(expecting: part.recordCount))
    contents.bytes = part.bytes
    var parser = CSVParser(part, dialect: format.dialect, maximumFields: run.columnCount)
    while parser.next() {
      if let error = contents.reader.read(parser, row: parser.row) {
        contents.failed.append(
          FailedRow(
            row: parser.row, line: parser.line, error: error, record: Array(parser.rawRecord)))
      } else if !contested.isEmpty, Self.holds(contested, contents.reader.keyHash) {
        contents.reader.removeLast()
        contents.deferred.append(
          DeferredRow(
            row: parser.row, line: parser.line, hash: contents.reader.keyHash,
            record: Array(parser.rawRecord)))
      } else {
        contents.addWarnings(row: parser.row, line: parser.line)
        contents.lines.append(parser.line)
        contents.records.append(parser.byteRange)
      }
    }
    return contents
  }

  /// Reads deferred records, in the order of their rows.
  func read(_ rows: [DeferredRow]) -> PartContents {
    var contents = PartContents(reader: reader(expecting: rows.count))
    for row in rows {
      var parser = CSVParser(
        row.record, dialect: format.dialect, firstRow: row.row, firstLine: row.line,
        maximumFields: run.columnCount)
      guard parser.next() else { continue }
      if let error = contents.reader.read(parser, row: row.row) {
        contents.failed.append(
          FailedRow(row: row.row, line: row.line, error: error, record: row.record))
      } else {
        contents.addWarnings(row: row.row, line: row.line)
        let start = contents.bytes.count
        contents.bytes += row.record
        contents.lines.append(row.line)
        contents.records.append(start..<contents.bytes.count)
      }
    }
    return contents
  }

  private func reader(expecting rows: Int) -> RowReader {
    RowReader(
      layout: run.layout, users: run.users, defaults: run.defaults, expectedRows: rows)
  }

  static func holds(_ sorted: [UInt64], _ hash: UInt64) -> Bool {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == hash
  }
}
