import CSV
import JobQueue
import Postgres

/// The scan of the whole file before its parts are spread over workers, in file order. Creates
/// missing companies, stages and tags, so that their ids and spelling do not depend on which part
/// runs first, and finds the keys that parts share.
struct FileScan {
  let run: ImportRun
  let format: CSVFormat
  let parts: PartStore
  /// The transactions that create missing names.
  let transactions: TransactionRunner
  let settings: ImportSettings

  /// The maximum number of names remembered; further names are looked up again, which is harmless.
  private static let rememberedNames = 500_000

  /// Reads all parts.
  ///
  /// - Returns: The number of rows that share their key with rows of other parts.
  func read(partCount: Int, context: JobContext) async throws -> Int {
    let findsKeys = !run.layout.needsOrder && !run.layout.identities.isEmpty && partCount > 1
    guard partCount > 0, findsKeys || makesNames else { return 0 }
    var seen = SeenNames(limit: Self.rememberedNames)
    var keys = KeyStore(
      parts: parts, importID: run.importID, partCount: findsKeys ? partCount : 0,
      passes: ContestedKeys.passes(keys: run.lineCount, perPass: settings.keysPerPass))
    var table = ContestedKeys(keys: findsKeys ? run.lineCount : 0, pass: 0, of: keys.passes)
    var next = try await parts.read(0, of: run.importID)
    for number in 0..<partCount {
      try context.checkLease()
      // The next part arrives while this one is read.
      async let following =
        number + 1 < partCount ? parts.read(number + 1, of: run.importID) : nil
      let found = try await scan(next, &seen, findsKeys: findsKeys)
      if findsKeys {
        table.add(found, part: number)
        try await keys.put(found, of: number)
      }
      context.progress(done: Int64(number + 1), total: Int64(partCount))
      if let part = try await following { next = part }
    }
    guard findsKeys, keys.count > 0 else { return 0 }
    return try await compare(consume table, keys, partCount: partCount, context: context)
  }

  private var makesNames: Bool {
    run.layout.tagsSlot != nil || run.layout.companySlot != nil && run.layout.company.isEmpty
      || run.layout.stageSlot != nil || !run.defaults.tags.isEmpty
  }

  private func compare(
    _ first: consuming ContestedKeys, _ keys: KeyStore, partCount: Int, context: JobContext
  ) async throws -> Int {
    var contested = [[UInt64]](repeating: [], count: partCount)
    // One table for all passes: it is the largest object of a plan.
    var table = consume first
    for pass in 0..<keys.passes {
      if pass > 0 {
        table.begin(pass: pass)
        for number in 0..<partCount {
          try context.checkLease()
          table.add(try await keys.take(number), part: number)
        }
      }
      for number in 0..<partCount {
        try context.checkLease()
        contested[number] += table.contested(among: try await keys.take(number))
      }
    }
    try await parts.setContested(contested.map { Array(Set($0)).sorted() }, run.importID)
    return contested.reduce(0) { $0 + $1.count }
  }

  /// Returns the hashes of the keys of a part's rows.
  private func scan(
    _ part: CSVPart, _ seen: inout SeenNames, findsKeys: Bool
  ) async throws -> [UInt64] {
    var parser = CSVParser(part, dialect: format.dialect, maximumFields: run.columnCount)
    var reader = reader()
    var keys: [UInt64] = []
    keys.reserveCapacity(part.recordCount)
    let key = keyColumn
    let nameColumns = nameColumns
    var buffer: [UInt8] = []
    while parser.next() {
      // A row is read in full only if it contains a new name, since a row that will fail must not
      // create anything.
      if seen.isNews(parser, nameColumns),
        reader.read(parser, row: parser.row) == nil
      {
        seen.insert(parser, nameColumns)
      }
      if findsKeys, let key { keys.append(Self.hash(parser, key, &buffer)) }
    }
    if makesNames {
      _ = try await NameResolver(transactions: transactions, run: run)
        .resolve(reader.names, defaultTags: run.object == .contact ? run.defaults.tags : [])
    }
    return keys
  }

  private func reader() -> RowReader {
    RowReader(layout: run.layout, users: run.users, defaults: run.defaults)
  }

  private var nameColumns: [Int] {
    run.layout.columns.compactMap { column in
      switch column.action {
      case .tags, .stage, .company: column.index
      default: nil
      }
    }
  }

  private var keyColumn: (index: Int, parser: CellParser)? {
    guard let identity = run.layout.identities.first else { return nil }
    for column in run.layout.columns {
      switch column.action {
      case .value(let slot, let parser, _) where slot == identity.slot,
        .company(let slot, let parser) where slot == identity.slot:
        return (column.index, parser)
      default: continue
      }
    }
    return nil
  }

  /// Returns the hash that ``RowReader`` computes for the row, 0 if it has no key.
  private static func hash(
    _ record: CSVParser, _ key: (index: Int, parser: CellParser), _ buffer: inout [UInt8]
  ) -> UInt64 {
    buffer.removeAll(keepingCapacity: true)
    return record.withTrimmedField(key.index) { text in
      guard !text.isEmpty, !(text.count == 4 && text.elementsEqual("NULL".utf8)) else { return 0 }
      do {
        guard try key.parser.field.parse(text.assumingMemoryBound(to: UInt8.self), into: &buffer)
        else {
          return 0
        }
      } catch {
        // The row will fail with the same error when its part is imported.
        return 0
      }
      for index in buffer.indices where buffer[index] &- 65 < 26 { buffer[index] |= 0x20 }
      let hash = buffer.withUnsafeBytes { ByteHash.of($0) }
      return hash == 0 ? 1 : hash
    }
  }
}

/// The hashes of the keys of all parts: in memory if one pass covers them all, otherwise stored
/// with the parts between passes.
private struct KeyStore {
  private let parts: PartStore
  private let importID: Int64
  private var kept: [[UInt64]]
  let passes: Int
  private(set) var count = 0

  init(parts: PartStore, importID: Int64, partCount: Int, passes: Int) {
    self.parts = parts
    self.importID = importID
    self.passes = passes
    kept = passes == 1 ? Array(repeating: [], count: partCount) : []
  }

  mutating func put(_ keys: [UInt64], of number: Int) async throws {
    count += keys.count
    if passes == 1 {
      kept[number] = keys
    } else {
      try await parts.setKeys(keys, of: number, importID)
    }
  }

  func take(_ number: Int) async throws -> [UInt64] {
    passes == 1 ? kept[number] : try await parts.keys(of: number, importID)
  }
}

/// Cells with names that have been read already.
struct SeenNames {
  private let limit: Int
  private var hashes: Set<UInt64> = []

  init(limit: Int) { self.limit = limit }

  /// Returns whether one of these cells contains text that no valid row had before.
  func isNews(_ record: CSVParser, _ columns: [Int]) -> Bool {
    columns.contains { column in
      let hash = Self.hash(record, column)
      return hash != 0 && !hashes.contains(hash)
    }
  }

  /// Adds the cells of a row that turned out to be valid.
  mutating func insert(_ record: CSVParser, _ columns: [Int]) {
    for column in columns {
      let hash = Self.hash(record, column)
      guard hash != 0 else { continue }
      if hashes.count >= limit { hashes.removeAll(keepingCapacity: true) }
      hashes.insert(hash)
    }
  }

  private static func hash(_ record: CSVParser, _ column: Int) -> UInt64 {
    record.withTrimmedField(column) { text in
      text.isEmpty ? 0 : ByteHash.of(text) &+ UInt64(column)
    }
  }
}
