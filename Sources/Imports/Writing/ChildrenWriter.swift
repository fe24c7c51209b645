import Contacts
import JobQueue
import Postgres
import Segments

/// Writes the related records of the contacts of a block except their companies: tags, segment,
/// do-not-contact, addresses, and the logs behind the timeline.
struct ChildrenWriter {
  let run: ImportRun
  let layout: Layout
  let block: RowBlock
  let names: ResolvedNames
  let operations: Operations
  let children: Children
  let loaded: LoadedTargets

  func write(in transaction: Transaction) async throws {
    let connection = transaction.connection
    try await writeTags(on: connection)
    try await writeSegment(in: transaction)
    try await writeDoNotEmail(on: connection)
    try await writeAddresses(in: transaction)
    try await writePointsLog(on: connection)
    try await writeStageLog(on: connection)
    try await writeImportLog(on: connection)
  }

  // MARK: Tags

  private func writeTags(on connection: PostgresConnection) async throws {
    guard layout.tagsSlot != nil || !names.defaultTags.isEmpty else { return }
    var new = CopyBuffer()
    var added: [(Int64, Int64)] = []
    var removed: [(Int64, Int64)] = []
    var changes: [(tag: Int64, adds: Bool)] = []
    for isNew in [false, true] {
      for target in operations.touched(new: isNew) {
        changes.removeAll(keepingCapacity: true)
        if let slot = layout.tagsSlot {
          operations.forEachRow(of: target) { row in
            let cell = block.cell(row, slot)
            if cell.state == .set { changes += names.tags[Int(cell.number)] }
          }
        }
        // The defaults follow each row's own tags; as they are the same every time, applying them
        // once at the end is enough.
        changes += names.defaultTags
        guard !changes.isEmpty else { continue }
        let id = operations.targets[target].id
        let before = isNew ? [] : children.tags[id] ?? []
        for (tag, adds) in Self.last(changes) {
          if isNew {
            guard adds else { continue }
            new.append(id)
            new.append(tag)
            new.endRow()
          } else if adds, !before.contains(tag) {
            added.append((id, tag))
          } else if !adds, before.contains(tag) {
            removed.append((id, tag))
          }
        }
      }
    }
    try await new.copy(into: "COPY contact_tags (contact_id, tag_id) FROM STDIN", on: connection)
    if !removed.isEmpty {
      try await connection.query(
        """
        DELETE FROM contact_tags t USING unnest(\(removed.map(\.0)), \(removed.map(\.1))) AS r(c, t)
        WHERE t.contact_id = r.c AND t.tag_id = r.t
        """)
    }
    if !added.isEmpty {
      try await connection.query(
        """
        INSERT INTO contact_tags (contact_id, tag_id)
        SELECT c, t FROM unnest(\(added.map(\.0)), \(added.map(\.1))) AS a(c, t)
        ON CONFLICT DO NOTHING
        """)
    }
  }

  /// Returns the last change of each tag.
  private static func last(_ changes: [(tag: Int64, adds: Bool)]) -> [(tag: Int64, adds: Bool)] {
    if changes.count == 1 { return changes }
    var result: [(tag: Int64, adds: Bool)] = []
    for change in changes {
      if let index = result.firstIndex(where: { $0.tag == change.tag }) {
        result[index].adds = change.adds
      } else {
        result.append(change)
      }
    }
    return result
  }

  // MARK: Segment

  /// Adds the contacts to the import's segment (IMP-55): a manual addition like any other
  /// (SEG-107).
  private func writeSegment(in transaction: Transaction) async throws {
    guard let segment = run.defaults.list else { return }
    let touched = operations.touched(new: false) + operations.touched(new: true)
    try await SegmentMembership.add(
      touched.map { operations.targets[$0].id }, to: segment, cause: .import, in: transaction)
  }

  // MARK: Do not contact

  private func writeDoNotEmail(on connection: PostgresConnection) async throws {
    guard let slot = layout.doNotEmailSlot else { return }
    var removed: [Int64] = []
    var added: [Int64] = []
    for target in operations.targets.indices {
      let id = operations.targets[target].id
      let before = children.doNotEmail[id] ?? 0
      var reason = before
      var wasRemoved = false
      operations.forEachRow(of: target) { row in
        let cell = block.cell(row, slot)
        guard cell.state == .set else { return }
        if cell.number == 1 {
          // A contact that unsubscribed stays unsubscribed (CON-51).
          if reason != 1 { reason = 3 }
        } else if reason == 3 {
          // An unsubscription is the person's own, a bounce the server's: a file takes back neither.
          reason = 0
          wasRemoved = true
        }
      }
      if before != 0, wasRemoved || reason != before { removed.append(id) }
      if reason == 3, wasRemoved || before != 3 { added.append(id) }
    }
    let comment = "Imported by \(run.actor.name ?? "the system")"
    if !removed.isEmpty {
      // A replacement is logged only as the new entry.
      try await connection.query(
        """
        WITH gone AS (
          DELETE FROM do_not_contact WHERE contact_id = ANY(\(removed)) AND channel = 'email'
          RETURNING contact_id
        )
        INSERT INTO do_not_contact_log (contact_id, channel, reason, comments, date_added)
        SELECT contact_id, 'email', 0, \(comment), \(run.started) FROM gone
        WHERE NOT contact_id = ANY(\(added)) ORDER BY contact_id
        """)
      try await SuppressionStore.lift(
        contacts: removed.filter { !added.contains($0) }, on: connection)
    }
    if !added.isEmpty {
      try await connection.query(
        """
        WITH new AS (
          INSERT INTO do_not_contact (contact_id, channel, reason, comments, date_added)
          SELECT id, 'email', 3, \(comment), \(run.started) FROM unnest(\(added)) AS c(id)
          ON CONFLICT DO NOTHING RETURNING contact_id
        )
        INSERT INTO do_not_contact_log (contact_id, channel, reason, comments, date_added)
        SELECT contact_id, 'email', 3, \(comment), \(run.started) FROM new ORDER BY contact_id
        """)
    }
  }

  // MARK: Addresses

  private func writeAddresses(in transaction: Transaction) async throws {
    guard let slot = layout.addressesSlot else { return }
    var contacts: [Int64] = []
    var addresses: [Int64] = []
    for target in operations.targets.indices {
      operations.forEachRow(of: target) { row in
        let cell = block.cell(row, slot)
        guard cell.state == .set else { return }
        for address in names.addresses[Int(cell.number)] {
          contacts.append(operations.targets[target].id)
          addresses.append(address)
        }
      }
    }
    try await IPAddresses.link(contacts, to: addresses, in: transaction)
  }

  // MARK: Logs

  private func writePointsLog(on connection: PostgresConnection) async throws {
    guard let slot = layout.pointsSlot else { return }
    let tail = Array(run.startedText.utf8)
    let name = Array(run.originalFile.utf8)
    var log = CopyBuffer()
    block.arena.withUnsafeBytes { arena in
      for target in operations.touched(new: true) {
        let cell = operations.cell(target, slot)
        // A change by 0 is not logged (CON-13).
        guard cell.state == .set, cell.length != 1 || arena[cell.range.lowerBound] != 0x30 else {
          continue
        }
        log.append(operations.targets[target].id)
        log.append(plain: Array("import".utf8))
        log.append(escaping: name)
        log.append(plain: Array("import".utf8))
        log.append(cell, of: arena)
        log.append(plain: tail)
        log.endRow()
      }
    }
    try await log.copy(
      into: """
        COPY points_log (contact_id, type, event_name, action_name, delta, date_added) FROM STDIN
        """, on: connection)
  }

  private func writeStageLog(on connection: PostgresConnection) async throws {
    guard let slot = layout.stageSlot else { return }
    let started = Array(run.startedText.utf8)
    let name = Array(run.originalFile.utf8)
    var log = CopyBuffer()
    for target in operations.targets.indices {
      let isNew = operations.targets[target].isNew
      var current = isNew ? nil : loaded.stages[target]
      operations.forEachRow(of: target) { row in
        let cell = block.cell(row, slot)
        guard cell.state == .set, let stage = Int64(block.text(cell)), stage != current else {
          return
        }
        current = stage
        log.append(operations.targets[target].id)
        log.append(stage)
        log.append(escaping: name)
        log.append(plain: Array("import".utf8))
        log.append(plain: started)
        log.endRow()
      }
    }
    try await log.copy(
      into: "COPY stage_log (contact_id, stage_id, event_name, action_name, date_added) FROM STDIN",
      on: connection)
  }

  /// Logs rows that changed a contact. Those that created one need no entry: its id identifies
  /// them.
  private func writeImportLog(on connection: PostgresConnection) async throws {
    var log = CopyBuffer()
    for (index, row) in operations.rows.enumerated() where !operations.rowInserts[index] {
      log.append(operations.targets[Int(operations.targetOfRow[index])].id)
      log.append(run.importID)
      log.append(Int64(block.rowNumbers[row]))
      log.append(plain: [UInt8(ascii: "2")])
      log.endRow()
    }
    try await log.copy(
      into: "COPY import_rows (contact_id, import_id, row_number, action) FROM STDIN",
      on: connection)
  }
}
