/// What is wrong with one filter, or with all of them (segments.md 11).
package struct FilterProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The filter's place in the list, from 0; `nil` where the list itself is meant.
  package let index: Int?
  /// The member that is wrong, such as `operator`; `nil` where the whole filter is meant.
  package let member: String?
  /// What is wrong, for people.
  package let message: String

  /// A problem of a member of a filter, of a filter, or of the list.
  package init(_ message: String, index: Int? = nil, member: String? = nil) {
    self.index = index
    self.member = member
    self.message = message
  }

  /// The name under which an answer of the API tells it: `filters[2].operator`.
  package var key: String {
    guard let index else { return "filters" }
    return "filters[\(index)]" + (member.map { ".\($0)" } ?? "")
  }

  /// Where and what.
  package var description: String { "\(key): \(message)" }
}

/// Everything that is wrong with a list of filters.
package struct FilterProblems: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems in the order of the filters; never none.
  package let problems: [FilterProblem]

  /// Several problems.
  package init(_ problems: [FilterProblem]) { self.problems = problems }

  /// The messages by key, as an answer of the API has them.
  package var details: [String: [String]] {
    Dictionary(problems.map { ($0.key, [$0.message]) }, uniquingKeysWith: +)
  }

  /// All of them, one behind the other.
  package var description: String { problems.map(\.description).joined(separator: "; ") }
}
