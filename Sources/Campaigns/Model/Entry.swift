import Foundation

/// A log entry that is being executed.
struct Entry: Sendable {
  /// The contact, and the rotation of the following entries.
  var enrollment: Enrollment
  /// The rotation of the entry itself.
  var rotation: Int
  /// The number of failed attempts so far.
  var attempts: Int
  /// Whether the entry belongs to the current rotation of an active member.
  var isCurrent: Bool

  init(_ enrollment: Enrollment, rotation: Int? = nil, attempts: Int = 0, isActive: Bool = true) {
    self.enrollment = enrollment
    self.rotation = rotation ?? enrollment.rotation
    self.attempts = attempts
    isCurrent = isActive && self.rotation == enrollment.rotation
  }

  var contact: Int64 { enrollment.contact }
}

/// An entry claimed because it is due.
struct DueEntry: Sendable {
  var entry: Entry
  var base: Date
  var fire: Date
  var pinned: Bool
  var delayUsed: Bool
  /// The answer of a condition, or the path of a missed decision.
  var path: Bool?

  var contact: Int64 { entry.contact }

  /// Orders by contact, and the entries of one contact by fire time (CAM-904).
  static func isBefore(_ left: DueEntry, _ right: DueEntry) -> Bool {
    (left.contact, left.fire, left.entry.rotation)
      < (right.contact, right.fire, right.entry.rotation)
  }

  /// The first entry of each contact, and the further ones.
  static func firsts(_ entries: [DueEntry]) -> (first: [DueEntry], further: [DueEntry]) {
    var seen: Set<Int64> = []
    var first: [DueEntry] = []
    var further: [DueEntry] = []
    for entry in entries {
      if seen.insert(entry.contact).inserted { first.append(entry) } else { further.append(entry) }
    }
    return (first, further)
  }
}

/// An entry to be scheduled.
struct ScheduledEntry: Sendable {
  var enrollment: Enrollment
  /// The start of its delay.
  var base: Date
  var fire: Date
}

/// The reasons of entries without effect, as stored with them.
enum Note {
  static let noDate = "no_date"
  static let missingObject = "what it asks about does not exist"
  static let missingTarget = "the target of the jump does not exist"
  static func unknownType(_ type: String) -> String {
    "events of the type \(type) are not installed"
  }
}
