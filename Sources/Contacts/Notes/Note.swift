public import Foundation

/// What a note is about (contacts.md 7).
public enum NoteType: String, Sendable, CaseIterable {
  case general, email, call, meeting
}

/// What somebody wrote down about a contact.
public struct Note: Sendable, Identifiable, Equatable {
  /// The note's number.
  public var id: Int64
  /// Whom it is about.
  public var contactID: Int64
  /// The text, HTML without what runs or loads code.
  public var text: String
  /// What it is about.
  public var type: NoteType
  /// When the call or the meeting was or will be.
  public var dateTime: Date?
  /// When it was written.
  public var dateAdded: Date
  /// When it was changed last.
  public var dateModified: Date?
  /// Who wrote it.
  public var createdBy: Int64?
  /// The name that user had.
  public var createdByUser: String?
  /// Who changed it last.
  public var modifiedBy: Int64?
  /// The name that user had.
  public var modifiedByUser: String?
}

/// What is to be written of a note. A member that is `nil` is not given.
public struct NoteDraft: Sendable, Equatable {
  /// A note holds at most so many bytes.
  public static let maximumBytes = 1 << 20

  /// Whom it is about.
  public var contactID: Int64?
  /// The text.
  public var text: String?
  /// The name of a ``NoteType``.
  public var type: String?
  /// When the call or the meeting is; the inner `nil` clears it.
  public var dateTime: Date??

  /// A draft of nothing yet.
  public init(
    contactID: Int64? = nil, text: String? = nil, type: String? = nil, dateTime: Date?? = nil
  ) {
    self.contactID = contactID
    self.text = text
    self.type = type
    self.dateTime = dateTime
  }

  /// The type that is meant, or `standard` where none is given (CON-58).
  func checkedType(or standard: NoteType) throws(InvalidInput) -> NoteType {
    guard let type, !type.isEmpty else { return standard }
    guard let known = NoteType(rawValue: type) else {
      let names = NoteType.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput("type", "\(InvalidInput.shown(type)) is none of \(names)")
    }
    return known
  }

  /// The text without what runs or loads code (CON-58: there must be some).
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
