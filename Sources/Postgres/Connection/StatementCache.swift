/// The statements that a session has prepared. A statement is prepared when it is seen the second
/// time; the ones unused for longest make room.
struct StatementCache {
  struct Key: Hashable {
    let text: String
    let types: [UInt32]
  }

  /// The next step for a statement that is about to be sent.
  enum Plan: Equatable {
    /// Send it whole.
    case once
    /// Prepare it under the name, then run it by that.
    case prepare(name: String)
    /// It is prepared: run it by its name.
    case run(name: String)
  }

  private struct Entry {
    var name: String?
    var isPrepared = false
    var lastUse: UInt64
  }

  private let capacity: Int
  /// The random part of the names: behind a pooler, two sessions must never mean different statements by one name.
  private let stem: String
  private var entries: [Key: Entry] = [:]
  private var uses: UInt64 = 0
  private var names: UInt64 = 0
  /// Names the session still holds though nothing uses them: to be deallocated on occasion.
  private(set) var forgotten: [String] = []

  init(capacity: Int, stem: String? = nil) {
    self.capacity = capacity
    self.stem = stem ?? "m\(String(UInt64.random(in: 0...UInt64.max), radix: 36))_"
  }

  /// The number of statements that the session holds prepared.
  var preparedCount: Int { entries.values.count { $0.isPrepared } }

  mutating func plan(for key: Key) -> Plan {
    guard capacity > 0 else { return .once }
    uses += 1
    if let index = entries.index(forKey: key) {
      entries.values[index].lastUse = uses
      if let name = entries.values[index].name {
        return entries.values[index].isPrepared ? .run(name: name) : .prepare(name: name)
      }
      names += 1
      let name = "\(stem)\(names)"
      entries.values[index].name = name
      return .prepare(name: name)
    }
    if entries.count >= capacity,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      forget(oldest.key)
    }
    entries[key] = Entry(lastUse: uses)
    return .once
  }

  /// Records that the session has prepared the statement under a name.
  mutating func prepared(_ key: Key, name: String) {
    // It may have had to make room while the answer was on its way.
    guard let index = entries.index(forKey: key), entries.values[index].name == name else {
      forgotten.append(name)
      return
    }
    entries.values[index].isPrepared = true
  }

  /// Forgets a statement, because its plan became stale or to make room.
  mutating func forget(_ key: Key) {
    guard let entry = entries.removeValue(forKey: key) else { return }
    if entry.isPrepared, let name = entry.name { forgotten.append(name) }
  }

  /// Forgets all prepared statements, which the session no longer holds. Names are not used again.
  mutating func forgetAll() {
    entries = [:]
    forgotten = []
  }

  /// Hands out the names to deallocate.
  mutating func takeForgotten() -> [String] {
    defer { forgotten = [] }
    return forgotten
  }
}
