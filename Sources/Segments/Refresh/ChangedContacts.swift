import Contacts
import Postgres

/// Changed contacts by what changed in them, from marks.
struct ChangedContacts: Sendable {
  private(set) var groups: [Set<ChangeTopic>: Set<Int64>] = [:]
  private(set) var everybody: Set<Int64> = []

  /// Creates the contacts from the result of `take_contact_changes`.
  init(_ rows: PostgresRows) throws {
    for row in rows {
      let (contacts, names) = try row.decode([Int64].self, [String].self)
      add(contacts, Set(names.map { ChangeTopic(rawValue: $0) }))
    }
  }

  var isEmpty: Bool { everybody.isEmpty }

  /// Adds contacts with the topics that changed.
  mutating func add(_ contacts: some Sequence<Int64>, _ topics: Set<ChangeTopic>) {
    var topics = topics
    // A filter on any segment reads the membership of each.
    if topics.contains(where: { $0.rawValue.hasPrefix("segment:") }) { topics.insert(.anySegment) }
    groups[topics, default: []].formUnion(contacts)
    everybody.formUnion(contacts)
  }

  /// Returns the contacts with a change that a segment reads.
  func contacts(for segment: LiveSegment) -> Set<Int64> {
    var found: Set<Int64> = []
    for (topics, contacts) in groups where segment.follows(topics) {
      if found.isEmpty { found = contacts } else { found.formUnion(contacts) }
    }
    return found
  }

  /// Returns the comparisons of a level: lists of contacts and segments, one statement for each pair.
  ///
  /// - Parameter few: The maximum number of contacts that are compared with whole bundles.
  func work(on level: SegmentLevel, few: Int) -> [(contacts: [Int64], segments: [LiveSegment])] {
    if everybody.count <= few {
      let contacts = everybody.sorted()
      return level.bundles.filter { bundle in
        bundle.contains { segment in groups.keys.contains { segment.follows($0) } }
      }.map { (contacts, $0) }
    }
    // With many contacts, every needless comparison counts.
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
