import Foundation
import JobQueue
import Postgres

/// Rows of a block that contradict what is stored; nothing of the block has been written then.
struct RowsRefused: Error {
  /// The offset of each in the block and the reason, in order.
  var rows: [(row: Int, reason: String)] = []
}

/// Applies the rows of a block to the database in a transaction of the caller.
///
/// The order of the statements: load and lock the records that rows may match, decide in memory,
/// update existing records, copy in new ones, then write related records. Records are locked in the
/// order of their ids, as everywhere, so that writers wait for each other instead of deadlocking.
struct BlockWriter: Sendable {
  let run: ImportRun
  let layout: Layout
  let block: RowBlock
  let names: ResolvedNames

  /// The outcome of the rows.
  struct Outcome: Sendable {
    var inserted = 0
    var updated = 0
    /// The id of the record of each row.
    var ids: [Int64] = []
  }

  func apply(_ rows: Range<Int>, in transaction: Transaction) async throws -> Outcome {
    guard !rows.isEmpty else { return Outcome() }
    let connection = transaction.connection
    await Self.steerPlanner(connection)
    var loaded = LoadedTargets()
    if !layout.identities.isEmpty || layout.mapsID {
      loaded = try await TargetStore(
        layout: layout, block: block, owner: run.actor.ownerLimit
      ).load(rows, on: connection)
    }
    var operations = try await match(rows, loaded, on: connection)
    operations.fold(block, layout)
    var arena = block.arena
    var children = Children()
    if layout.object == .contact {
      children = try await ChildrenStore(run: run, layout: layout)
        .load(operations, on: connection)
      try TagBound(layout: layout, block: block, names: names, operations: operations).check(
        children)
    }
    let links = CompanyLinks(run: run, layout: layout, block: block, names: names)
      .simulate(&operations, &arena, loaded, children)
    let records = RecordWriter(run: run, layout: layout, operations: operations, arena: arena)
    try await records.update(on: connection)
    try await records.insert(on: connection)
    if layout.object == .contact {
      try await links.write(run, on: connection)
      try await ChildrenWriter(
        run: run, layout: layout, block: block, names: names, operations: operations,
        children: children, loaded: loaded
      ).write(in: transaction)
    }
    try await ChangeMarks(run: run, layout: layout, operations: operations).write(in: transaction)
    var outcome = Outcome()
    outcome.inserted = operations.insertedCount
    outcome.updated = rows.count - outcome.inserted
    outcome.ids = operations.targetOfRow.map { operations.targets[Int($0)].id }
    return outcome
  }

  /// Restricts the planner to index lookups. Every lookup here is by key, a few thousand at a time;
  /// during a first import the planner knows the table as empty and would keep a plan that reads
  /// all of it.
  private static func steerPlanner(_ connection: PostgresConnection) async {
    await connection.sendWithNext("SET LOCAL enable_seqscan = off")
    await connection.sendWithNext("SET LOCAL enable_hashjoin = off")
    await connection.sendWithNext("SET LOCAL enable_mergejoin = off")
  }

  private func match(
    _ rows: Range<Int>, _ loaded: LoadedTargets, on connection: PostgresConnection
  ) async throws -> Operations {
    var operations = Operations(rows: rows, width: layout.values.count)
    var matcher = IdentityMatcher(rule: run.rule, keyCounts: block.keys.map(\.count))
    for (index, target) in loaded.targets.enumerated() {
      let width = layout.identities.count
      matcher.load(target, keys: Array(loaded.keys[(index * width)..<((index + 1) * width)]))
    }
    for (old, winner) in loaded.merges { matcher.alias(old, to: winner) }
    // The id of a contact follows from its row; a company gets the next of its sequence.
    var reserved: [Int64] = []
    if layout.object == .company {
      reserved = try await Self.companyIDs(rows.count, on: connection)
    }
    operations.targetOfRow.reserveCapacity(rows.count)
    operations.rowInserts.reserveCapacity(rows.count)
    var refused = RowsRefused()
    block.identities.withUnsafeBufferPointer { identities in
      let width = layout.identities.count
      for row in rows {
        let before = matcher.targets.count
        let added = dateAdded(row)
        do throws(IdentityConflict) {
          let number = try matcher.match(
            id: layout.mapsID ? block.wantedIDs[row] : 0,
            identity: .init(rebasing: identities[(row * width)..<((row + 1) * width)]),
            new: TargetRecord(
              id: reserved.isEmpty
                ? run.id(ofRow: block.rowNumbers[row]) : reserved[row - rows.lowerBound],
              dateAdded: run.startedMicroseconds, isNew: true, isShared: false),
            dateAdded: added)
          let target = matcher.targets[Int(number)]
          if !target.isNew, loaded.foreign.contains(target.id) {
            refused.rows.append(
              (row, "\(layout.object.rawValue) \(target.id) belongs to somebody else"))
          }
          operations.targetOfRow.append(number)
          operations.rowInserts.append(matcher.targets.count > before)
        } catch {
          let column = layout.identities[error.field].column
          refused.rows.append(
            (row, "\(column): contact \(error.holder) has this value, not the contact of the id"))
        }
      }
    }
    guard refused.rows.isEmpty else { throw refused }
    operations.targets = matcher.targets
    return operations
  }

  private func dateAdded(_ row: Int) -> Int64? {
    guard let slot = layout.dateAddedSlot else { return nil }
    let cell = block.cell(row, slot)
    guard cell.state == .set else { return nil }
    return InstantText.microseconds(canonical: block.arena[cell.range])
  }

  private static func companyIDs(
    _ count: Int, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT nextval(pg_get_serial_sequence('companies', 'id')) AS id
      FROM generate_series(1, \(count))
      """
    ).map { try $0.decode("id") }
  }
}
