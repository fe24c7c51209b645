public import Foundation
public import Postgres
public import Users

/// A contact with everything that the wire format shows of it (api.md 8.1).
public struct Contact: Sendable, Identifiable {
  /// The contact's number.
  public var id: Int64
  /// Whether the record is in use.
  public var isPublished: Bool
  /// When it was created.
  public var dateAdded: Date
  /// When it was changed last by a user, the API or an import.
  public var dateModified: Date?
  /// The user who created it; `nil` for visitors.
  public var createdBy: Int64?
  /// The name that user had.
  public var createdByUser: String?
  /// The user who changed it last.
  public var modifiedBy: Int64?
  /// The name that user had.
  public var modifiedByUser: String?
  /// Points; may be negative.
  public var points: Int
  /// A colour as hex digits, from the highest point trigger reached.
  public var color: String?
  /// The values of all published fields.
  public var fields: FieldValues
  /// Last tracked activity.
  public var lastActive: Date?
  /// Who looks after the contact.
  public var owner: UserReference?
  /// Addresses it was seen at, the oldest first.
  public var ipAddresses: [IPAddress]
  /// Tags by name.
  public var tags: [Tag]
  /// Campaign parameters it came with, the oldest first.
  public var utmTags: [UTMTag]
  /// Where it stands.
  public var stage: Stage?
  /// When it first had an identifying value; `nil` for visitors (CON-02).
  public var dateIdentified: Date?
  /// Where its picture comes from.
  public var preferredProfileImage: String?
  /// Channels on which it must not be written to.
  public var doNotContact: [DoNotContact]
  /// How often it may be written to, by channel.
  public var frequencyRules: [FrequencyRule]

  /// The name under which lists show the contact (CON-04, CON-05).
  public var displayName: String {
    let name = ["firstname", "lastname"].compactMap { fields[$0]?.text }.joined(separator: " ")
    if !name.isEmpty { return name }
    for alias in ["company", "email"] {
      if let text = fields[alias]?.text { return text }
    }
    for (field, value) in fields where field.group == .social {
      if let value { return value.text }
    }
    return ipAddresses.first?.address ?? "Anonymous"
  }
}

/// The values of a record's published fields, in the fields' display order.
public struct FieldValues: Sendable, Sequence {
  /// The fields; all records of a page share them.
  public let fields: [Field]
  /// A value or `nil` for each field.
  public var values: [FieldValue?]

  /// Values for fields; both have the same count.
  public init(fields: [Field], values: [FieldValue?]) {
    precondition(fields.count == values.count, "a value for each field")
    self.fields = fields
    self.values = values
  }

  /// The value of the field with an alias.
  public subscript(alias: String) -> FieldValue? {
    fields.firstIndex { $0.alias == alias }.flatMap { values[$0] }
  }

  /// Goes through fields and values.
  public func makeIterator() -> Zip2Sequence<[Field], [FieldValue?]>.Iterator {
    zip(fields, values).makeIterator()
  }
}

/// An address that contacts were seen at.
public struct IPAddress: Sendable, Identifiable, Equatable {
  /// The address's number.
  public var id: Int64
  /// The address as text.
  public var address: String
  /// What is known of its place, by the names of the wire format; empty where nothing is.
  public var details: [String: String]
}

/// Campaign parameters that a contact came with.
public struct UTMTag: Sendable, Identifiable, Equatable {
  /// The set's number.
  public var id: Int64
  /// The query as it was sent.
  public var query: JSON?
  /// The page it came from.
  public var referer: String?
  /// The host it came from.
  public var remoteHost: String?
  /// The page it came to.
  public var url: String?
  /// Its browser.
  public var userAgent: String?
  /// `utm_campaign`.
  public var campaign: String?
  /// `utm_content`.
  public var content: String?
  /// `utm_medium`.
  public var medium: String?
  /// `utm_source`.
  public var source: String?
  /// `utm_term`.
  public var term: String?
}

/// How often a contact may be written to on a channel (CON-57).
public struct FrequencyRule: Sendable, Equatable {
  /// The channel.
  public var channel: String
  /// So many messages …
  public var frequencyNumber: Int?
  /// … a `DAY`, `WEEK` or `MONTH`.
  public var frequencyTime: String?
  /// Whether the contact likes this channel best.
  public var isPreferred: Bool
  /// From when on nothing is sent.
  public var pauseFrom: Date?
  /// Until when nothing is sent.
  public var pauseTo: Date?
}
