/// Why something could not be done with a segment; nothing was changed.
package enum SegmentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Values that are refused (segments.md 11), in order: `name`, `alias`, `filters[2].operator` …
  case invalid([SegmentProblem])
  /// The segment is another user's own (segments.md 11).
  case forbidden
  /// It is in use and can neither be unpublished (SEG-91) nor, unless forced, deleted (SEG-90).
  case inUse(segment: String, by: [SegmentUsers], isDeletion: Bool)
  /// Looking at who would match took longer than that many seconds.
  case tooSlow(seconds: Int)

  /// A refusal for one reason.
  static func invalid(_ member: String, _ message: String) -> SegmentError {
    .invalid([SegmentProblem(member: member, message: message)])
  }

  /// The reason as people read it.
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

/// A value that is refused.
package struct SegmentProblem: Sendable, Equatable {
  /// Which: `name`, `filters`, `filters[2].operator` …
  package var member: String
  /// Why.
  package var message: String

  package init(member: String, message: String) {
    self.member = member
    self.message = message
  }
}

/// Those of one kind that use a segment.
package struct SegmentUsers: Sendable, Equatable, CustomStringConvertible {
  /// What they are: `segments`, `campaigns`.
  package var kind: String
  /// Their names.
  package var names: [String]

  /// Users of a kind.
  package init(kind: String, names: [String]) {
    self.kind = kind
    self.names = names
  }

  /// `the segments "a", "b"`.
  package var description: String {
    "the \(kind) " + names.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
