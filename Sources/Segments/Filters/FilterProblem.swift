/// A problem of one filter, or of the whole list (segments.md 11).
package struct FilterProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The index of the filter in the list; `nil` where the list itself is meant.
  package let index: Int?
  /// The invalid member, such as `operator`; `nil` where the whole filter is meant.
  package let member: String?
  /// The message for people.
  package let message: String

  /// Creates a problem of a member of a filter, of a filter, or of the list.
  package init(_ message: String, index: Int? = nil, member: String? = nil) {
    self.index = index
    self.member = member
    self.message = message
  }

  /// The key in an API response, such as `filters[2].operator`.
  package var key: String {
    guard let index else { return "filters" }
    return "filters[\(index)]" + (member.map { ".\($0)" } ?? "")
  }

  /// The key and the message.
  package var description: String { "\(key): \(message)" }
}

/// All problems of a list of filters.
package struct FilterProblems: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems in the order of the filters; never empty.
  package let problems: [FilterProblem]

  /// Creates an error from several problems.
  package init(_ problems: [FilterProblem]) { self.problems = problems }

  /// The messages by key, as in an API response.
  package var details: [String: [String]] {
    Dictionary(problems.map { ($0.key, [$0.message]) }, uniquingKeysWith: +)
  }

  /// All problems, separated by semicolons.
  package var description: String { problems.map(\.description).joined(separator: "; ") }
}
