package import Foundation
import Primitives

/// The type of a note (contacts.md 7).
package enum NoteType: String, Sendable, CaseIterable {
  case general, email, call, meeting
}

/// A note on a contact.
package struct Note: Sendable, Identifiable, Equatable {
  /// The note's id.
  package var id: Int64
  /// The contact it is about.
  package var contactID: Int64
  /// The text: HTML without active content.
  package var text: String
  /// The type.
  package var type: NoteType
  /// The time of the call or the meeting.
  package var dateTime: Date?
  /// The time of creation.
  package var dateAdded: Date
  /// The time of the last change.
  package var dateModified: Date?
  /// The author.
  package var createdBy: Int64?
  /// The name of that user at the time.
  package var createdByUser: String?
  /// The user who last changed it.
  package var modifiedBy: Int64?
  /// The name of that user at the time.
  package var modifiedByUser: String?
}

/// The input for writing a note. A `nil` member is not given.
package struct NoteDraft: Sendable, Equatable {
  /// The maximum size of a note, in bytes.
  package static let maximumBytes = 1 << 20

  /// The contact it is about.
  package var contactID: Int64?
  package var text: String?
  /// The name of a ``NoteType``.
  package var type: String?
  /// The time of the call or the meeting; the inner `nil` clears it.
  package var dateTime: Date??

  /// Creates a draft; without arguments nothing is given.
  package init(
    contactID: Int64? = nil, text: String? = nil, type: String? = nil, dateTime: Date?? = nil
  ) {
    self.contactID = contactID
    self.text = text
    self.type = type
    self.dateTime = dateTime
  }

  /// Returns the type of the draft, or `standard` if none is given (CON-58).
  func checkedType(or standard: NoteType) throws(InvalidInput) -> NoteType {
    guard let type, !type.isEmpty else { return standard }
    guard let known = NoteType(rawValue: type) else {
      let names = NoteType.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput("type", "\(InvalidInput.shown(type)) is none of \(names)")
    }
    return known
  }

  /// Returns the text without active content; it must not be empty (CON-58).
  func checkedText(or standard: String?) throws(InvalidInput) -> String {
    guard let given = text ?? standard else { throw InvalidInput("text", "a note needs a text") }
    guard !given.contains("\0") else {
      throw InvalidInput("text", "the text holds a NUL character")
    }
    guard given.utf8.count <= Self.maximumBytes else {
      throw InvalidInput("text", "longer than \(Self.maximumBytes) bytes")
    }
    let cleaned = text == nil ? given : CleanText.html(given)
    guard !CleanText.plain(cleaned).isEmpty else {
      throw InvalidInput("text", "a note needs a text")
    }
    return cleaned
  }
}
