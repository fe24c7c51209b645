package import Foundation
import Postgres

/// The rule for duplicates (CON-60).
package enum DuplicateRule: String, Sendable, Codable {
  /// All unique identifiers are given and equal.
  case and
  /// At least one unique identifier is equal.
  case or
}

/// A contact in the search for duplicates.
package struct DuplicateCandidate: Sendable, Equatable {
  /// The contact's id.
  package var id: Int64
  /// The time of addition.
  package var dateAdded: Date
  /// The value of each unique identifier as it is compared (CON-62); `nil` if it does not exist.
  package var keys: [String?]

  package init(id: Int64, dateAdded: Date, keys: [String?]) {
    self.id = id
    self.dateAdded = dateAdded
    self.keys = keys
  }
}

/// Groups of duplicate contacts (CON-80).
package enum DuplicateGroups {
  /// Returns the groups among some contacts: each has two or more, the one added last first, then
  /// the highest id (CON-63).
  ///
  /// With OR a group is a connected component: a contact may share its address with one and its
  /// telephone number with another.
  package static func find(
    _ candidates: [DuplicateCandidate], by rule: DuplicateRule
  ) -> [[DuplicateCandidate]] {
    var sets = DisjointSets(candidates.count)
    var first: [Identity: Int] = [:]
    for (place, candidate) in candidates.enumerated() {
      for identity in identities(of: candidate, by: rule) {
        if let other = first[identity] { sets.join(place, other) } else { first[identity] = place }
      }
    }
    return sets.groups.map { group in
      group.map { candidates[$0] }.sorted { ($0.dateAdded, $0.id) > ($1.dateAdded, $1.id) }
    }.sorted { $0[0].id < $1[0].id }
  }

  private struct Identity: Hashable {
    var field: Int
    var keys: [String]
  }

  private static func identities(
    of candidate: DuplicateCandidate, by rule: DuplicateRule
  ) -> [Identity] {
    switch rule {
    case .and:
      let keys = candidate.keys.compactMap { $0 }
      return keys.count == candidate.keys.count && !keys.isEmpty
        ? [Identity(field: 0, keys: keys)] : []
    case .or:
      return candidate.keys.enumerated().compactMap { field, key in
        key.map { Identity(field: field, keys: [$0]) }
      }
    }
  }
}

/// A union-find structure.
struct DisjointSets {
  private var parents: [Int]

  init(_ count: Int) { parents = Array(0..<count) }

  private mutating func root(of place: Int) -> Int {
    var place = place
    while parents[place] != place {
      parents[place] = parents[parents[place]]
      place = parents[place]
    }
    return place
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(of: a), root(of: b))
    parents[max(a, b)] = min(a, b)
  }

  /// The sets with two or more elements.
  var groups: [[Int]] {
    var copy = self
    var groups: [Int: [Int]] = [:]
    for place in parents.indices { groups[copy.root(of: place), default: []].append(place) }
    return groups.values.filter { $0.count > 1 }
  }
}
