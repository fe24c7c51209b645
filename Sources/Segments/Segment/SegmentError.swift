/// The reason why an operation on a segment failed; nothing was changed.
package enum SegmentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Invalid values (segments.md 11), in order: `name`, `alias`, `filters[2].operator` …
  case invalid([SegmentProblem])
  /// The segment is another user's (segments.md 11).
  case forbidden
  /// It is in use and can neither be unpublished (SEG-91) nor, unless forced, deleted (SEG-90).
  case inUse(segment: String, by: [SegmentUsers], isDeletion: Bool)
  /// Counting the matching contacts took longer than this number of seconds.
  case tooSlow(seconds: Int)

  /// Creates an error with one problem.
  static func invalid(_ member: String, _ message: String) -> SegmentError {
    .invalid([SegmentProblem(member: member, message: message)])
  }

  /// The message for people.
  package var description: String {
    switch self {
    case .invalid(let problems):
      problems.map { "\($0.member): \($0.message)" }.joined(separator: ", ")
    case .forbidden: "the segment belongs to another user"
    case .inUse(let segment, let users, let isDeletion):
      "The segment \"\(segment)\" cannot be \(isDeletion ? "deleted" : "unpublished"), it is used by "
        + users.map(\.description).joined(separator: " and ") + "."
    case .tooSlow(let seconds):
      "Finding the contacts takes longer than \(seconds) seconds; fewer or simpler filters may help."
    }
  }
}

/// An invalid value.
package struct SegmentProblem: Sendable, Equatable {
  /// The member: `name`, `filters`, `filters[2].operator` …
  package var member: String
  /// The message.
  package var message: String

  package init(member: String, message: String) {
    self.member = member
    self.message = message
  }
}

/// Records of one kind that use a segment.
package struct SegmentUsers: Sendable, Equatable, CustomStringConvertible {
  /// The kind: `segments`, `campaigns`.
  package var kind: String
  /// Their names.
  package var names: [String]

  /// Creates users of a kind.
  package init(kind: String, names: [String]) {
    self.kind = kind
    self.names = names
  }

  /// `the segments "a", "b"`.
  package var description: String {
    "the \(kind) " + names.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
