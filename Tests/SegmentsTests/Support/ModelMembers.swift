/// Memberships as plain values: the state machine of segments.md 9, one row at a time.
struct ModelMembers {
  enum State: String {
    case filtered, pinned, barred
  }

  struct Key: Hashable {
    var segment: Int64
    var contact: Int64
  }

  private(set) var rows: [Key: State] = [:]

  mutating func add(_ contact: Int64, to segment: Int64) {
    let key = Key(segment: segment, contact: contact)
    switch rows[key] {
    case nil, .barred, .filtered: rows[key] = .pinned
    case .pinned: break
    }
  }

  mutating func remove(_ contact: Int64, from segment: Int64) {
    let key = Key(segment: segment, contact: contact)
    if rows[key] != nil { rows[key] = .barred }
  }

  mutating func delete(_ contact: Int64) {
    rows = rows.filter { $0.key.contact != contact }
  }

  /// SEG-112.
  mutating func merge(_ loser: Int64, into winner: Int64) {
    for (key, state) in rows where key.contact == loser {
      let own = Key(segment: key.segment, contact: winner)
      if rows[own] == nil { rows[own] = state }
    }
    delete(loser)
  }

  /// Copies the manual changes into a world, where the reference evaluator reads them.
  func explain(to world: inout ModelWorld) {
    for id in world.segments.keys {
      func those(_ state: State) -> Set<Int64> {
        Set(rows.filter { $0.key.segment == id && $0.value == state }.map(\.key.contact))
      }
      world.segments[id]?.pinned = those(.pinned)
      world.segments[id]?.barred = those(.barred)
    }
  }

  /// Applies the filters of all segments to all contacts.
  mutating func settle(_ world: ModelWorld) {
    let reference = ReferenceEvaluator(world: world)
    for id in world.segments.keys {
      let members = reference.members(of: id)
      for contact in world.contacts {
        let key = Key(segment: id, contact: contact.id)
        if rows[key] == .pinned || rows[key] == .barred { continue }
        rows[key] = members.contains(contact.id) ? .filtered : nil
      }
    }
  }

  /// All rows, in the form of ``SegmentBed/rows()``.
  var texts: [String] {
    rows.sorted { ($0.key.segment, $0.key.contact) < ($1.key.segment, $1.key.contact) }
      .map { "\($0.key.segment) \($0.key.contact) \($0.value.rawValue)" }
  }
}
