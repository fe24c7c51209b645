/// Splits a stream of UTF-8 into parts of whole records.
///
/// Feed it chunks of any size; the parts do not depend on the chunk boundaries. It buffers at most
/// the current part. Rules:
///
/// - LF, CR LF and a lone CR outside quotes end a record. A blank line is a record; a line end at
///   the very end of the file starts none (IMP-41).
/// - A quote opens a quoted value only at the start of the value, apart from spaces and tabs before
///   it. Anywhere else outside quotes it is an ordinary character.
/// - Inside quotes a doubled quote is one quote, and the dialect's escape makes a following quote
///   or escape literal. Text after the closing quote belongs to the value unchanged.
///
/// ``CSVParser`` reads a part by the same rules.
package struct CSVSplitter: Sendable {
  /// The dialect of the file.
  package let dialect: CSVDialect
  /// The limits on parts and records.
  package let limits: CSVLimits
  /// The header record and its line, once it was read completely. Blank lines and records of empty
  /// values before it are skipped and do not count as rows.
  package private(set) var header: CSVPart?
  /// The number of data rows in the parts returned so far.
  package private(set) var rows = 0
  /// The number of parts returned so far.
  package private(set) var parts = 0

  var scan: RecordScan
  /// Whether the next record is not a row and so is collected alone.
  private var awaitsHeader: Bool
  private var failure: CSVError?
  private var buffer: [UInt8] = []

  /// Creates a splitter at the start of a table, which is the line `firstLine` of its file. With
  /// `hasHeader` the first record that is not empty becomes ``header``.
  package init(
    dialect: CSVDialect, hasHeader: Bool = true, firstLine: Int = 1,
    limits: CSVLimits = CSVLimits()
  ) {
    self.dialect = dialect
    self.limits = limits
    awaitsHeader = hasHeader
    linesBefore = max(1, firstLine) - 1
    scan = RecordScan(dialect)
  }

  /// Takes the next chunk and returns the parts that it completes.
  ///
  /// - Throws: ``CSVError/recordTooLong(line:limit:openQuoteLine:)`` or
  ///   ``CSVError/tooManyColumns(line:limit:)``. After an error every call throws it again.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer) throws(CSVError) -> [CSVPart] {
    if let failure { throw failure }
    var done: [CSVPart] = []
    var from = 0
    while from < chunk.count {
      scan.target = awaitsHeader ? 1 : limits.partBytes
      scan.maximumRecords = awaitsHeader ? 1 : limits.partRecords
      scan.recordLimit = limits.recordBytes
      let stop = scan.advance(
        UnsafeRawBufferPointer(rebasing: chunk[from...]), held: buffer.count)
      append(UnsafeRawBufferPointer(rebasing: chunk[from..<(from + stop.count)]))
      from += stop.count
      switch stop.reason {
      case .chunkEnd: break
      case .cut: if let part = try cut() { done.append(part) }
      case .tooLong: throw fail(tooLong())
      }
    }
    return done
  }

  /// Calls ``feed(_:)-(UnsafeRawBufferPointer)`` with an array.
  package mutating func feed(_ chunk: [UInt8]) throws(CSVError) -> [CSVPart] {
    try chunk.withBytes { bytes throws(CSVError) in try feed(bytes) }
  }

  /// Ends the file and returns its last part, if any records remain.
  ///
  /// - Throws: ``CSVError/unbalancedQuote(line:)`` if the file ends inside quotes;
  ///   ``CSVError/noHeader`` if a header was expected and there were only empty records.
  package mutating func finish() throws(CSVError) -> CSVPart? {
    if let failure { throw failure }
    if scan.isQuoted { throw fail(.unbalancedQuote(line: openQuoteLine(in: buffer) ?? 1)) }
    scan.end(held: buffer.count)
    let last = buffer.isEmpty ? nil : try cut()
    if awaitsHeader { throw fail(.noHeader) }
    return last
  }

  /// The number of lines begun before the current part.
  private var linesBefore = 0

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if buffer.capacity == 0, !awaitsHeader {
      // Once per part, with space for the record that exceeds the target.
      buffer.reserveCapacity(limits.partBytes + limits.partBytes / 16 + bytes.count)
    }
    buffer.append(contentsOf: bytes)
  }

  /// Returns the buffered part, which ends with a record.
  private mutating func cut() throws(CSVError) -> CSVPart? {
    let (records, lines) = scan.startPart()
    let part = CSVPart(
      bytes: buffer, index: parts, firstRow: rows + 1,
      firstLine: linesBefore + 1, recordCount: records)
    buffer = []
    linesBefore += lines
    guard awaitsHeader else {
      rows += records
      parts += 1
      return part
    }
    var parser = CSVParser(part, dialect: dialect, maximumFields: limits.columns)
    guard parser.next(), !parser.isEmpty else { return nil }
    awaitsHeader = false
    if parser.flags.contains(.tooManyFields) {
      throw fail(.tooManyColumns(line: part.firstLine, limit: limits.columns))
    }
    header = part
    return nil
  }

  private mutating func fail(_ error: CSVError) -> CSVError {
    failure = error
    buffer = []
    return error
  }

  /// Returns the error for the record at the end of the buffer.
  private func tooLong() -> CSVError {
    let start = scan.recordStart
    let record = Array(buffer[start...].prefix(limits.recordBytes))
    return .recordTooLong(
      line: linesBefore + 1 + lineEnds(in: buffer[..<start]), limit: limits.recordBytes,
      openQuoteLine: openQuoteLine(in: record, after: start))
  }

  private func lineEnds(in bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == Byte.carriageReturn { count += 1 }
      if byte == Byte.lineFeed, previous != Byte.carriageReturn { count += 1 }
      previous = byte
    }
    return count
  }

  /// Returns the physical line of the quote that is open at the end of these records, if any.
  private func openQuoteLine(in records: [UInt8], after start: Int = 0) -> Int? {
    var parser = CSVParser(
      records, dialect: dialect, firstLine: linesBefore + 1 + lineEnds(in: buffer[..<start]),
      maximumFields: 1)
    var line: Int?
    while parser.next() { line = parser.openQuoteLine }
    return line
  }
}
