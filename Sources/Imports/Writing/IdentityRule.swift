/// The rule by which rows are matched to records (CON-60…63, IMP-50…52).
struct IdentityRule: Sendable, Hashable {
  /// The operator between several unique identifiers.
  enum Operator: String, Sendable, Codable {
    case and
    case or
  }

  var combine: Operator = .and
  /// Whether identifiers that have a value are left unchanged (IMP-44).
  var skipIfExists = false
}

/// A record during the matching of a block: an existing one, or one that a row creates.
struct TargetRecord: Sendable, Equatable {
  /// The id, assigned in advance to new records.
  var id: Int64
  /// The time of addition, in microseconds since 2000; the newest of several matches wins (CON-63).
  var dateAdded: Int64
  /// Whether a row of the block creates it.
  var isNew: Bool
  /// Whether it may have an identifier that another record has too.
  var isShared: Bool
  /// Whether it was matched although it was not marked as shared before.
  var becameShared = false
}

/// Matches each row of a block to its record, exactly as if the rows were applied one by one in
/// order.
///
/// All records that any row of the block could match are loaded (and locked) beforehand. After that
/// only identifiers decide, and they are few, so the rows are simulated in memory one after
/// another, including their effect on the identifiers of the record they match. This leaves one
/// operation per record for the database.
struct IdentityMatcher: Sendable {
  private let rule: IdentityRule
  private let width: Int
  /// The records known so far.
  private(set) var targets: [TargetRecord] = []
  /// The keys, `width` per record.
  private var keys: [Int32] = []
  /// For each identifier: key → the records that have it at this point.
  private var holders: [[[Int32]]]
  private var byID: [Int64: Int32] = [:]

  /// - Parameter keyCounts: The number of keys of each identifier in the block.
  init(rule: IdentityRule, keyCounts: [Int]) {
    self.rule = rule
    width = keyCounts.count
    holders = keyCounts.map { Array(repeating: [], count: $0) }
  }

  /// Adds an existing record. `keys`: its key of each identifier, or one of ``Identity``.
  mutating func load(_ target: TargetRecord, keys: [Int32]) {
    let number = add(target)
    byID[target.id] = number
    for field in 0..<width where keys[field] != Identity.none {
      self.keys[Int(number) * width + field] = keys[field]
      if keys[field] >= 0 { holders[field][Int(keys[field])].append(number) }
    }
  }

  /// Redirects another id to a record (IMP-53).
  mutating func alias(_ id: Int64, to winner: Int64) {
    if let number = byID[winner] { byID[id] = number }
  }

  /// Returns the record of the next row, after writing the row's identifiers into it.
  ///
  /// A row that names its record by the id does not take an identifier from another record.
  ///
  /// - Parameters:
  ///   - id: The id that the row asks for, 0 for none.
  ///   - identity: The row's keys.
  ///   - new: The record to create if the row matches none.
  ///   - dateAdded: The time of addition given by the row.
  mutating func match(
    id: Int64, identity: UnsafeBufferPointer<Int32>, new: @autoclosure () -> TargetRecord,
    dateAdded: Int64? = nil
  ) throws(IdentityConflict) -> Int32 {
    let number: Int32
    if id != 0, let known = byID[id] {
      if let conflict = conflict(known, identity) { throw conflict }
      number = known
    } else if let found = find(identity) {
      number = found
    } else {
      let target = new()
      number = add(target)
      byID[target.id] = number
    }
    if let dateAdded { targets[Int(number)].dateAdded = dateAdded }
    for field in 0..<width { write(identity[field], field, number) }
    return number
  }

  private mutating func add(_ target: TargetRecord) -> Int32 {
    let number = Int32(truncatingIfNeeded: targets.count)
    targets.append(target)
    for _ in 0..<width { keys.append(Identity.none) }
    return number
  }

  private func find(_ identity: UnsafeBufferPointer<Int32>) -> Int32? {
    var best: Int32?
    for field in 0..<width where identity[field] >= 0 {
      for candidate in holders[field][Int(identity[field])] {
        if rule.combine == .and, !agrees(candidate, identity) { continue }
        if let current = best, !isNewer(candidate, than: current) { continue }
        best = candidate
      }
      // With AND the first identifier's holders contain every match.
      if rule.combine == .and { return best }
    }
    return best
  }

  /// Returns the identifier of the row that another record than its own has.
  private func conflict(
    _ target: Int32, _ identity: UnsafeBufferPointer<Int32>
  ) -> IdentityConflict? {
    for field in 0..<width where identity[field] >= 0 {
      let old = keys[Int(target) * width + field]
      if old == identity[field] || (rule.skipIfExists && old != Identity.none) { continue }
      if let holder = holders[field][Int(identity[field])].first(where: { $0 != target }) {
        return IdentityConflict(field: field, holder: targets[Int(holder)].id)
      }
    }
    return nil
  }

  private func agrees(_ target: Int32, _ identity: UnsafeBufferPointer<Int32>) -> Bool {
    for field in 0..<width where identity[field] >= 0 {
      if keys[Int(target) * width + field] != identity[field] { return false }
    }
    return true
  }

  private func isNewer(_ a: Int32, than b: Int32) -> Bool {
    let (a, b) = (targets[Int(a)], targets[Int(b)])
    return (a.dateAdded, a.id) > (b.dateAdded, b.id)
  }

  private mutating func write(_ key: Int32, _ field: Int, _ number: Int32) {
    guard key != Identity.none else { return }
    let place = Int(number) * width + field
    let old = keys[place]
    if rule.skipIfExists, old != Identity.none || key == Identity.cleared { return }
    guard key != old else { return }
    if old >= 0 { holders[field][Int(old)].removeAll { $0 == number } }
    guard key >= 0 else {
      keys[place] = Identity.none
      return
    }
    if !holders[field][Int(key)].isEmpty, !targets[Int(number)].isShared {
      targets[Int(number)].isShared = true
      targets[Int(number)].becameShared = true
    }
    keys[place] = key
    holders[field][Int(key)].append(number)
  }
}

/// A row that would give its record an identifier of another record.
struct IdentityConflict: Error, Equatable {
  /// The index of the identifier.
  let field: Int
  /// The id of the record that has it.
  let holder: Int64
}
