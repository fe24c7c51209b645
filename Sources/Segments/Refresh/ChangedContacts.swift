import Contacts
import Postgres

/// Contacts with what changed of them, as marks told.
struct ChangedContacts: Sendable {
  private(set) var groups: [Set<ChangeTopic>: Set<Int64>] = [:]
  private(set) var everybody: Set<Int64> = []

  /// The marks that `take_contact_changes` gave.
  init(_ rows: PostgresRows) throws {
    for row in rows {
      let (contacts, names) = try row.decode([Int64].self, [String].self)
      add(contacts, Set(names.map { ChangeTopic(rawValue: $0) }))
    }
  }

  var isEmpty: Bool { everybody.isEmpty }

  /// Adds contacts, of whom something changed.
  mutating func add(_ contacts: some Sequence<Int64>, _ topics: Set<ChangeTopic>) {
    var topics = topics
    // A segment that asks for membership of any other reads the membership of each.
    if topics.contains(where: { $0.rawValue.hasPrefix("segment:") }) { topics.insert(.anySegment) }
    groups[topics, default: []].formUnion(contacts)
    everybody.formUnion(contacts)
  }

  /// The contacts of whom something changed that a segment reads.
  func contacts(for segment: LiveSegment) -> Set<Int64> {
    var found: Set<Int64> = []
    for (topics, contacts) in groups where segment.follows(topics) {
      if found.isEmpty { found = contacts } else { found.formUnion(contacts) }
    }
    return found
  }

  /// What is to be compared on a level: contacts with segments, each pair of lists by one statement.
  ///
  /// - Parameter few: Up to so many contacts are compared with whole bundles.
  func work(on level: SegmentLevel, few: Int) -> [(contacts: [Int64], segments: [LiveSegment])] {
    if everybody.count <= few {
      let contacts = everybody.sorted()
      return level.bundles.filter { bundle in
        bundle.contains { segment in groups.keys.contains { segment.follows($0) } }
      }.map { (contacts, $0) }
    }
    // Many contacts: every needless comparison counts.
    var byContacts: [Set<Int64>: [LiveSegment]] = [:]
    for segment in level.segments {
      let contacts = contacts(for: segment)
      if !contacts.isEmpty { byContacts[contacts, default: []].append(segment) }
    }
    return byContacts.flatMap { contacts, segments in
      let sorted = contacts.sorted()
      return SegmentLevel.cut(segments).map { (sorted, $0) }
    }
  }
}
