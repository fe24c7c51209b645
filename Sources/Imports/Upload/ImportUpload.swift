import CSV
import Foundation
import JobQueue
import Postgres

/// Receives a file as a stream: cuts it into parts that are stored as they are completed, so that
/// at most the current part is in memory. The import does not start before the file is complete.
struct ImportUpload: Sendable {
  let jobs: JobClient
  let catalog: ImportFieldCatalog
  let settings: ImportSettings
  let item: Import
  /// A number that grows when another upload to the same import takes over.
  let token: Int

  /// Reads chunks until the end, then completes the import.
  ///
  /// - Parameter next: Returns the next bytes of the file, nil at its end. Throws if the stream
  ///   breaks off.
  /// - Throws: ``ImportError``, or what `next` throws.
  func receive<Chunk: Collection<UInt8>>(
    isolation: isolated (any Actor)? = #isolation, _ next: () async throws -> Chunk?
  ) async throws -> Import {
    var intake = CSVIntake(try Self.sniffer(item.parser), limits: settings.limits)
    var size: Int64 = 0
    var partCount = 0
    var mapping: Mapping?
    while let chunk = try await next() {
      size += Int64(chunk.count)
      guard size <= settings.sizeLimit else {
        throw ImportError(
          .tooLarge, "the file is larger than the limit of \(settings.sizeLimit) bytes")
      }
      let parts = try Self.readable { () throws(CSVError) in try Self.feed(chunk, to: &intake) }
      if mapping == nil, let header = intake.header {
        // Reported as soon as it is known, not after gigabytes.
        mapping = try check(header, intake.format)
      }
      for part in parts { try await store(part, size) }
      partCount += parts.count
    }
    let parts = try Self.readable { () throws(CSVError) in try intake.finish() }
    guard let header = intake.header, let format = intake.format else {
      throw ImportError(.unreadable, CSVError.empty.description)
    }
    var known = try mapping ?? check(header, format)
    if intake.titleLines > 0 {
      known.remarks.append(
        "the table is taken to begin on line \(intake.titleLines + 1): what stands above it is passed over; "
          + "name another line in parser.firstLine")
    }
    for part in parts { try await store(part, size) }
    partCount += parts.count
    return try await complete(
      header, format, known, size: size, rows: intake.rows, partCount: partCount)
  }

  // MARK: Reading

  private static func sniffer(_ parser: ImportParserSettings) throws -> Sniffer {
    var sniffer = Sniffer()
    if let name = parser.encoding {
      guard let encoding = RequestedEncoding(name: name) else {
        throw ImportError.invalid(
          "parser.encoding", value: name,
          rule: "must be one of \(RequestedEncoding.names)")
      }
      sniffer.encoding = encoding
    }
    sniffer.hasHeader = parser.header
    sniffer.firstLine = parser.firstLine
    sniffer.delimiter = byte(parser.delimiter)
    sniffer.quote = byte(parser.enclosure)
    if let escape = parser.escape {
      sniffer.escape = byte(escape).map { .exactly($0) } ?? .none
    }
    return sniffer
  }

  private static func byte(_ text: String?) -> UInt8? {
    guard let text else { return nil }
    if text == "\\t" || text == "tab" { return 0x09 }
    return text.utf8.first
  }

  private static func feed(
    _ chunk: some Collection<UInt8>, to intake: inout CSVIntake
  ) throws(CSVError) -> [CSVPart] {
    let result: Result<[CSVPart], CSVError>? = chunk.withContiguousStorageIfAvailable { bytes in
      Result { () throws(CSVError) in try intake.feed(UnsafeRawBufferPointer(bytes)) }
    }
    if let result { return try result.get() }
    return try intake.feed(Array(chunk))
  }

  private static func readable<R>(_ body: () throws(CSVError) -> R) throws(ImportError) -> R {
    do throws(CSVError) {
      return try body()
    } catch {
      throw ImportError(.unreadable, error.description, line: error.line)
    }
  }

  private func check(_ header: CSVHeader, _ format: CSVFormat?) throws(ImportError) -> Mapping {
    do throws(ImportError) {
      return try mapping(of: header, isNamed: format?.hasHeader != false)
    } catch {
      guard item.parser.header == nil, format?.hasHeader == false else { throw error }
      let hint =
        "; the first row looks like data, so the columns are called column_1 to "
        + "column_\(header.names.count): if it names them, say parser.header true"
      throw ImportError(
        error.code, error.message + hint, problems: error.problems, line: error.line)
    }
  }

  private func mapping(of header: CSVHeader, isNamed: Bool) throws(ImportError) -> Mapping {
    guard item.hasMapping else {
      let guessed = Mapping.guess(
        headers: header.names, catalog: catalog, empty: header.emptyColumns, isNamed: isNamed)
      guard item.autoStart else { return guessed }
      if item.object == .contact { try Mapping.checkConsent(header.names) }
      do {
        var mapping = try Mapping.resolve(
          guessed.fields, headers: header.names, catalog: catalog,
          allowDuplicates: item.allowDuplicates)
        mapping.remarks = guessed.remarks
        return mapping
      } catch {
        throw error.with(remarks: guessed.remarks)
      }
    }
    return try Mapping.resolve(
      item.fields, headers: header.names, catalog: catalog, allowDuplicates: item.allowDuplicates,
      requireStart: item.autoStart)
  }

  // MARK: Storing

  private func store(_ part: CSVPart, _ size: Int64) async throws {
    let now = jobs.clock.now
    // Only while this is the current upload.
    let isCurrent = try await ImportStore.addPart(
      part, size: size, to: item.id, run: token, now: now, on: jobs.postgres)
    guard isCurrent else { throw Self.takenOver }
  }

  private static let takenOver = ImportError(
    .conflict, "another upload of this import, or its end, came in between")

  private func complete(
    _ header: CSVHeader, _ format: CSVFormat, _ mapping: Mapping, size: Int64, rows: Int,
    partCount: Int
  ) async throws -> Import {
    var parser = item.parser
    parser.delimiter = String(UnicodeScalar(format.dialect.delimiter))
    parser.enclosure = String(UnicodeScalar(format.dialect.quote))
    parser.escape = format.dialect.escape.map { String(UnicodeScalar($0)) } ?? ""
    parser.encoding = format.encoding.rawValue
    parser.header = format.hasHeader
    // Exports have points, whatever stands between their values (EXP-10).
    if parser.decimalMark == nil, catalog.isOwnExport(header.names) { parser.decimalMark = .point }
    let (item, token, read) = (item, token, parser)
    let inForeground =
      item.isForeground && (!item.autoStart || settings.allowsForeground(rows: rows))
    let status: ImportStatus = item.autoStart ? .queued : .draft
    return try await jobs.transaction { transaction in
      let isCurrent = try await ImportStore.completeUpload(
        of: item.id, run: token, status: status, names: header.names, fields: mapping.fields,
        remarks: mapping.remarks, parser: read, format: format, rows: rows,
        isForeground: inForeground, parts: partCount,
        size: size, in: transaction)
      guard isCurrent else { throw Self.takenOver }
      let whole = try await ImportStore.read(item.id, on: transaction.connection)
      if status == .queued { try ImportTransitions.enqueue(whole, transaction.outbox) }
      return whole
    }
  }
}
