import CSV
import Fields
import Postgres
import Primitives

/// Reads records of the file as rows of a block, or returns why one is invalid (IMP-40…47).
///
/// One reader is used for all records of a part; everything that does not depend on the record is
/// prepared in its layout.
struct RowReader: Sendable {
  let layout: Layout
  let users: UserDirectory
  /// The names of companies, stages, tag lists and address lists read so far.
  var names = RowNames()
  /// The valid rows so far.
  private(set) var block: RowBlock
  /// The readers of the contacts' companies, if more than their name is mapped.
  private(set) var companies: [RowReader]
  /// The hash of the row's first identifier, or 0.
  private(set) var keyHash: UInt64 = 0

  /// The maximum length of a cell value, in characters (import-export.md 10).
  static let valueLimit = 65_535

  private let prefill: [Cell]
  private var key: [UInt8] = []
  private var problems: [String] = []
  /// What is imported, but not as it was written: each `alias: reason`.
  private(set) var warnings: [String] = []
  /// The number of parts of cells that the last row left out.
  private(set) var leftOutCount = 0
  private var leftOut: [String] = []

  init(layout: Layout, users: UserDirectory, defaults: ImportDefaults, expectedRows: Int = 0) {
    self.layout = layout
    self.users = users
    block = RowBlock(
      width: layout.width, identityWidth: layout.identities.count, expectedRows: expectedRows)
    companies = layout.company.map {
      RowReader(layout: $0, users: users, defaults: ImportDefaults(), expectedRows: expectedRows)
    }
    var prefill = Array(repeating: Cell.none, count: layout.width)
    if let slot = layout.ownerSlot, let owner = defaults.owner {
      prefill[slot] = block.append(String(owner))
    }
    if let slot = layout.stageSlot, let stage = defaults.stage?.trimmingBlanks() {
      prefill[slot] = Cell(number: names.stages.intern(stage))
    }
    self.prefill = prefill
  }

  /// Reads a record as a further row of the block; returns nil on success, otherwise the reason for
  /// the failure.
  ///
  /// - Parameter record: A record of a parser that keeps as many values as the header has columns.
  mutating func read(_ record: CSVParser, row: Int) -> String? {
    if record.flags.contains(.blankLine) || record.isEmpty { return "empty line" }
    if record.flags.contains(.invalidEncoding) { return "the row is not valid UTF-8" }
    if record.flags.contains(.nul) { return "the row holds a NUL character" }
    if record.flags.contains(.unclosedQuote) { return "a quote in this row is not closed" }
    if record.flags.contains(.tooManyFields) { return "row has more values than the header" }
    problems.removeAll(keepingCapacity: true)
    warnings.removeAll(keepingCapacity: true)
    leftOutCount = 0
    let mark = begin(row: row)
    readColumns(record)
    let companyMark = readCompany(record, row: row)
    if lacksIdentity, TotalsRow.isOne(record) { problems.append(TotalsRow.reason) }
    guard problems.isEmpty else {
      rollBack(to: mark)
      if let companyMark { companies[0].rollBack(to: companyMark) }
      return problems.joined(separator: "\n")
    }
    if layout.doNotEmailSlot != nil { dropUnanchoredDoNotEmail() }
    finish()
    return nil
  }

  /// The reader of the contacts' companies; itself if only their names are mapped.
  var companyReader: RowReader { companies.first ?? self }

  /// Writes stages and companies into the rows as they are in the database.
  mutating func show(_ names: ResolvedNames) {
    if companies.isEmpty { block.show(names, layout) } else { block.showStages(names, layout) }
  }

  /// Removes the last row. Names it introduced remain.
  mutating func removeLast() {
    block.cells.removeLast(block.width)
    block.rowNumbers.removeLast()
    block.identities.removeLast(block.identityWidth)
    if layout.mapsID { block.wantedIDs.removeLast() }
  }

  private struct Mark {
    let arena: Int
  }

  private var rowStart: Int { block.cells.count - block.width }

  private mutating func begin(row: Int) -> Mark {
    let mark = Mark(arena: block.arena.count)
    block.rowNumbers.append(row)
    block.cells.append(contentsOf: prefill)
    for _ in 0..<block.identityWidth { block.identities.append(Identity.none) }
    if layout.mapsID { block.wantedIDs.append(0) }
    return mark
  }

  private mutating func rollBack(to mark: Mark) {
    block.arena.removeLast(block.arena.count - mark.arena)
    removeLast()
  }

  private mutating func readColumns(_ record: CSVParser) {
    for column in layout.columns {
      record.withTrimmedField(column.index) { read($0, column, in: record) }
    }
  }

  private mutating func read(
    _ written: UnsafeRawBufferPointer, _ column: Layout.Column, in record: CSVParser
  ) {
    guard !written.isEmpty else { return }
    let text = Guarded.bare(written)
    // A text has at most as many characters as bytes, so only long values have to be counted.
    if text.count > Self.valueLimit,
      String(decoding: text, as: UTF8.self).unicodeScalars.count > Self.valueLimit
    {
      problems.append("\(column.alias): longer than \(Self.valueLimit) characters")
      return
    }
    // A person may be called so; such a name is written in quotes.
    let isNull = Self.isNull(text) && !record.isQuoted(column.index)
    switch column.action {
    case .value(let slot, let parser, let clears):
      if isNull {
        if clears { block.cells[rowStart + slot] = .clear }
        return
      }
      parse(text, parser, slot, column.alias)
    case .company(let slot, let parser):
      if isNull {
        block.cells[rowStart + slot] = .clear
      } else {
        parse(text, parser, slot, column.alias)
      }
    case .id:
      guard let id = Int64(String(decoding: text, as: UTF8.self)), id > 0 else {
        if !isNull { problems.append("id: not a positive whole number") }
        return
      }
      block.wantedIDs[block.count - 1] = id
    case .user(let idSlot, let nameSlot):
      guard let user = users.find(String(decoding: text, as: UTF8.self)) else { return }
      block.cells[rowStart + idSlot] = block.append(String(user.id))
      if let nameSlot { block.cells[rowStart + nameSlot] = block.append(user.name) }
    case .stage: readStage(text, isNull)
    case .tags: if !isNull, let slot = layout.tagsSlot { readTags(text, slot) }
    case .addresses:
      guard !isNull, let slot = layout.addressesSlot else { return }
      if AddressList.isValid(text) {
        keepRaw(text, slot)
      } else {
        problems.append("\(column.alias): not a list of IP addresses")
      }
    case .doNotEmail:
      guard !isNull, let slot = layout.doNotEmailSlot else { return }
      if let value = BooleanWord.parse(text.bindMemory(to: UInt8.self)) {
        block.cells[rowStart + slot] = Cell(number: value ? 1 : 0)
      } else {
        problems.append("\(column.alias): \(FieldProblem.notABoolean)")
      }
    }
  }

  private mutating func parse(
    _ text: UnsafeRawBufferPointer, _ parser: CellParser, _ slot: Int, _ alias: String
  ) {
    let start = block.arena.count
    do {
      let hasValue = try parser.field.parse(
        text.assumingMemoryBound(to: UInt8.self), into: &block.arena, leavingOut: &leftOut)
      if !leftOut.isEmpty { warn(alias, parser.field.leftOutReason) }
      guard hasValue else { return }
      var needsEscape = false
      block.arena.withUnsafeBufferPointer { arena in
        for index in start..<arena.count where CopyText.needsEscape(arena[index]) {
          needsEscape = true
          break
        }
      }
      block.cells[rowStart + slot] = Cell(
        start: start, length: block.arena.count - start, needsEscape: needsEscape)
    } catch {
      leftOut.removeAll()
      problems.append("\(alias): \(error)")
    }
  }

  /// Notes what was left out of a cell.
  private mutating func warn(_ alias: String, _ reason: FieldProblem) {
    for part in leftOut { warnings.append("\(alias): \"\(part.prefix(100))\": \(reason)") }
    leftOutCount += leftOut.count
    leftOut.removeAll()
  }

  /// Notes tags that are none because of their length, which are left out (CON-40).
  private mutating func warnOfTags(_ list: String) {
    guard list.utf8.count > 191 else { return }
    for part in list.split(separator: "|") where part.utf8.count > 191 {
      guard TagChange(text: String(part)) == nil else { continue }
      warnings.append("tags: \"\(part.prefix(100))\": no tag of 1 to 191 characters")
      leftOutCount += 1
    }
  }

  private mutating func readTags(_ text: UnsafeRawBufferPointer, _ slot: Int) {
    let quoted =
      layout.tagSeparator == nil && layout.splitsQuotedTags && TagChange.areQuoted(text)
    guard let separator = quoted ? "," : layout.tagSeparator else {
      if TagChange.looksLikeSeveral(text) {
        let shown = String(decoding: text.prefix(100), as: UTF8.self)
        warnings.append(
          "tags: \"\(shown)\": taken as written, with | between tags; name another separator as tagSeparator"
        )
      }
      if text.count > 191 { warnOfTags(String(decoding: text, as: UTF8.self)) }
      return keepRaw(text, slot)
    }
    let tags = TagChange.names(in: String(decoding: text, as: UTF8.self), separator: separator)
      .joined(separator: "|")
    warnOfTags(tags)
    let start = block.arena.count
    block.arena.append(contentsOf: tags.utf8)
    block.cells[rowStart + slot] = Cell(
      start: start, length: block.arena.count - start, needsEscape: false)
  }

  private mutating func keepRaw(_ text: UnsafeRawBufferPointer, _ slot: Int) {
    let start = block.arena.count
    block.arena.append(contentsOf: text)
    block.cells[rowStart + slot] = Cell(start: start, length: text.count, needsEscape: false)
  }

  private mutating func readStage(_ text: UnsafeRawBufferPointer, _ isNull: Bool) {
    guard !isNull, let slot = layout.stageSlot else { return }
    let name = String(decoding: text, as: UTF8.self)
    guard name.unicodeScalars.count <= 191 else {
      problems.append("stage: longer than 191 characters")
      return
    }
    // The number is assigned once the row is known to be valid.
    keepRaw(text, slot)
  }

  private mutating func readCompany(_ record: CSVParser, row: Int) -> Mark? {
    guard !companies.isEmpty, let slot = layout.companySlot else { return nil }
    companies[0].problems.removeAll(keepingCapacity: true)
    companies[0].warnings.removeAll(keepingCapacity: true)
    companies[0].leftOutCount = 0
    let mark = companies[0].begin(row: row)
    companies[0].readColumns(record)
    problems.append(contentsOf: companies[0].problems)
    warnings.append(contentsOf: companies[0].warnings)
    leftOutCount += companies[0].leftOutCount
    // Without an identifier of the company no company is changed (IMP-54).
    guard companies[0].namesSomething else {
      companies[0].rollBack(to: mark)
      return nil
    }
    if problems.isEmpty { companies[0].finish() }
    block.cells[rowStart + slot] = Cell(
      number: Int32(truncatingIfNeeded: companies[0].block.count - 1))
    return mark
  }

  /// Whether the row has no value that could tell its contact.
  private var lacksIdentity: Bool {
    layout.object == .contact && !layout.identities.isEmpty
      && !(layout.mapsID && block.wantedIDs[block.count - 1] != 0) && !namesSomething
  }

  private var namesSomething: Bool {
    layout.identities.contains { block.cells[rowStart + $0.slot].state == .set }
  }

  /// Drops do-not-e-mail from rows without an e-mail value (section 6).
  private mutating func dropUnanchoredDoNotEmail() {
    guard let slot = layout.doNotEmailSlot else { return }
    guard let email = layout.emailSlot, block.cells[rowStart + email].state == .set else {
      block.cells[rowStart + slot] = .none
      return
    }
  }

  /// Assigns numbers to the keys and names of a valid row.
  private mutating func finish() {
    keyHash = 0
    for (index, identity) in layout.identities.enumerated() {
      let cell = block.cells[rowStart + identity.slot]
      let place = block.identities.count - block.identityWidth + index
      switch cell.state {
      case .none: break
      case .clear: block.identities[place] = Identity.cleared
      case .set:
        key.removeAll(keepingCapacity: true)
        block.arena.withUnsafeBufferPointer {
          IdentityKey.append(.init(rebasing: $0[cell.range]), to: &key)
        }
        let hash = key.withUnsafeBytes { ByteHash.of($0) }
        if index == 0 { keyHash = hash == 0 ? 1 : hash }
        block.identities[place] = key.withUnsafeBytes { block.keys[index].intern($0, hash: hash) }
      }
    }
    if let slot = layout.stageSlot, !block.cells[rowStart + slot].isNone,
      block.cells[rowStart + slot] != prefill[slot]
    {
      number(slot) { names, text in names.stages.intern(text) }
    }
    if let slot = layout.tagsSlot { number(slot) { $0.tags.intern($1) } }
    if let slot = layout.addressesSlot { number(slot) { $0.addresses.intern($1) } }
    if layout.company.isEmpty, let slot = layout.companySlot, let text = layout.companyNameSlot {
      let cell = block.cells[rowStart + text]
      if cell.state == .set {
        block.cells[rowStart + slot] = cell
        number(slot) { $0.companies.intern($1) }
      } else {
        block.cells[rowStart + slot] = cell
      }
    }
  }

  private mutating func number(
    _ slot: Int, _ intern: (inout RowNames, UnsafeRawBufferPointer) -> Int32
  ) {
    let cell = block.cells[rowStart + slot]
    guard cell.state == .set else { return }
    let number = block.arena.withUnsafeBytes {
      intern(&names, UnsafeRawBufferPointer(rebasing: $0[cell.range]))
    }
    block.cells[rowStart + slot] = Cell(number: number)
  }

  @inline(__always)
  private static func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
    text.count == 4 && text[0] == 0x4E && text[1] == 0x55 && text[2] == 0x4C && text[3] == 0x4C
  }
}
