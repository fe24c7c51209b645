import Postgres

/// Writes the folded values of records into their table: new records by COPY, updates through a
/// temporary table that each connection keeps per shape of import.
struct RecordWriter: Sendable {
  let run: ImportRun
  let layout: Layout
  let operations: Operations
  let arena: [UInt8]

  private var table: SQL { SQL(unsafeText: layout.table) }
  private var isContact: Bool { layout.object == .contact }
  /// Whether a record may end up with an identifier that another one has: with several identifiers,
  /// or ids.
  private var marksShared: Bool { layout.needsOrder }

  // MARK: New records

  func insert(on connection: PostgresConnection) async throws {
    let new = operations.touched(new: true)
    guard !new.isEmpty else { return }
    var columns: [SQL] = ["id", "identity_shared"]
    if layout.dateAddedSlot == nil { columns.append("date_added") }
    if isContact, layout.dateIdentifiedSlot == nil { columns.append("date_identified") }
    if layout.createdBySlot == nil { columns.append("created_by, created_by_user") }
    if layout.dateModifiedSlot == nil { columns.append("date_modified") }
    if layout.modifiedBySlot == nil { columns.append("modified_by, modified_by_user") }
    columns += layout.values.map { "\(identifier: $0.column)" }
    columns += layout.unmappedDefaults.map { "\(identifier: $0.column)" }
    let sql: SQL = "COPY \(sql: table) (\(sql: columns.joined(separator: ", "))) FROM STDIN"
    try await text(of: new).copy(into: sql, on: connection)
  }

  private func text(of new: [Int]) -> CopyBuffer {
    let started = Array(run.startedText.utf8)
    let defaults = layout.unmappedDefaults.map { Array($0.value.utf8) }
    var buffer = CopyBuffer()
    buffer.reserve(new.count * 64 + arena.count)
    arena.withUnsafeBytes { arena in
      for target in new {
        let isKnown = isContact && isKnown(target)
        buffer.append(operations.targets[target].id)
        buffer.append(operations.targets[target].isShared)
        if layout.dateAddedSlot == nil { buffer.append(plain: started) }
        if isContact, layout.dateIdentifiedSlot == nil {
          if isKnown { buffer.append(plain: started) } else { buffer.appendNull() }
        }
        if layout.createdBySlot == nil {
          buffer.append(run.actor.id)
          buffer.append(run.actor.name)
        }
        // A record created by one row and changed by another counts as changed.
        let isTouched = operations.isTouched[target]
        if layout.dateModifiedSlot == nil {
          if isTouched { buffer.append(plain: started) } else { buffer.appendNull() }
        }
        if layout.modifiedBySlot == nil {
          buffer.append(isTouched ? run.actor.id : nil)
          buffer.append(isTouched ? run.actor.name : nil)
        }
        for slot in layout.values.indices {
          let cell = operations.cell(target, slot)
          if cell.state == .set {
            buffer.append(cell, of: arena)
          } else if cell.isNone, let value = layout.values[slot].insertDefault {
            buffer.append(escaping: value)
          } else if slot == layout.dateIdentifiedSlot, isKnown {
            buffer.append(plain: started)
          } else {
            buffer.appendNull()
          }
        }
        for value in defaults { buffer.append(escaping: value) }
        buffer.endRow()
      }
    }
    return buffer
  }

  /// Returns whether a new contact has a value that makes it known (CON-01).
  private func isKnown(_ target: Int) -> Bool {
    operations.isKnown[target]
      || layout.values.indices.contains { slot in
        layout.values[slot].identifies && layout.values[slot].insertDefault != nil
          && operations.cell(target, slot).isNone
      }
  }

  // MARK: Changes

  func update(on connection: PostgresConnection) async throws {
    let changes = RecordChanges(run: run, layout: layout)
    guard !changes.slots.isEmpty else { return }
    let touched = operations.touched(new: false).filter { target in
      operations.targets[target].becameShared
        || changes.slots.contains { !operations.cell(target, $0).isNone }
    }
    guard !touched.isEmpty else { return }
    var clearing = false
    var buffer = CopyBuffer()
    arena.withUnsafeBytes { arena in
      for target in touched {
        buffer.append(operations.targets[target].id)
        buffer.append(operations.targets[target].becameShared)
        buffer.append(operations.isTouched[target])
        buffer.append(operations.isKnown[target])
        for word in 0..<changes.maskCount {
          var mask: Int64 = 0
          for (place, slot) in changes.slots.enumerated() where place / 62 == word {
            if operations.cell(target, slot).state == .clear { mask |= 1 << Int64(place % 62) }
          }
          if mask != 0 { clearing = true }
          buffer.append(mask)
        }
        for slot in changes.slots {
          let cell = operations.cell(target, slot)
          if cell.state == .set { buffer.append(cell, of: arena) } else { buffer.appendNull() }
        }
        buffer.endRow()
      }
    }
    try await connection.execute(script: changes.createStage)
    try await buffer.copy(into: changes.copyStage, on: connection)
    try await connection.query(changes.update(clearing: clearing, marksShared: marksShared))
    await connection.sendWithNext(changes.emptyStage)
  }
}
