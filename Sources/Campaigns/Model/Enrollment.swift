import Foundation

/// A contact that has reached an event of a campaign's graph.
struct Enrollment: Sendable, Equatable {
  var contact: Int64
  /// The member's rotation, used for the following entries.
  var rotation: Int
  /// The rotation of the entry being executed, which may be older (CAM-342).
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
  /// By a source segment, an action or points: a source segment may re-enroll the contact.
  case exit
  /// By hand: only a manual entry adds the contact again.
  case byHand
}

/// The start of delays.
enum DelayBase: Sendable {
  /// The transaction's instant, for all contacts.
  case now
  /// An individual instant per contact, such as that of its engagement.
  case each([Int64: Date])

  /// Returns the start for a contact.
  func date(of contact: Int64, now: Date) -> Date {
    switch self {
    case .now: now
    case .each(let dates): dates[contact] ?? now
    }
  }
}
