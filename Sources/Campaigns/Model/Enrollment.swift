import Foundation

/// A contact that has reached an event of a campaign's graph.
struct Enrollment: Sendable, Equatable {
  var contact: Int64
  /// The member's rotation, in which the entries that follow are written.
  var rotation: Int
  /// The rotation of the entry that is being executed, where it is an older one (CAM-342).
  var entryRotation: Int

  init(contact: Int64, rotation: Int, entryRotation: Int? = nil) {
    self.contact = contact
    self.rotation = rotation
    self.entryRotation = entryRotation ?? rotation
  }
}

/// The source of an entry into a campaign (campaigns.md 4.1).
enum EntrySource: Sendable {
  /// A source segment that holds the contact.
  case segment
  /// A user, a form, an action or points.
  case manual
}

/// The kind of an exit from a campaign (campaigns.md 4.2).
enum ExitKind: Sendable {
  /// By a source segment, an action or points: a source segment may re-enrol the contact.
  case exit
  /// By hand: only a manual entry brings the contact back.
  case byHand
}

/// The start of delays.
enum DelayBase: Sendable {
  /// The transaction's instant, for all contacts.
  case now
  /// An instant of each contact's own, such as that of its engagement.
  case each([Int64: Date])

  /// The start for a contact.
  func date(of contact: Int64, now: Date) -> Date {
    switch self {
    case .now: now
    case .each(let dates): dates[contact] ?? now
    }
  }
}
