package import Fields
package import Foundation
package import Postgres
package import Users

/// A contact with everything that the wire format shows of it (api.md 8.1).
package struct Contact: Sendable, Identifiable {
  /// The contact's id.
  package var id: Int64
  /// Whether the record is in use.
  package var isPublished: Bool
  /// The instant of creation.
  package var dateAdded: Date
  /// The instant of the last change by a user, the API or an import.
  package var dateModified: Date?
  /// The user who created it; `nil` for visitors.
  package var createdBy: Int64?
  /// The name that user had.
  package var createdByUser: String?
  /// The user who changed it last.
  package var modifiedBy: Int64?
  /// The name that user had.
  package var modifiedByUser: String?
  /// Points; may be negative.
  package var points: Int
  /// A colour as hex digits, from the highest point trigger reached.
  package var color: String?
  /// The values of all published fields.
  package var fields: FieldValues
  /// Last tracked activity.
  package var lastActive: Date?
  /// The owner of the contact.
  package var owner: UserReference?
  /// Addresses it was seen at, the oldest first.
  package var ipAddresses: [IPAddress]
  /// Tags by name.
  package var tags: [Tag]
  /// Campaign parameters it came with, the oldest first.
  package var utmTags: [UTMTag]
  /// Where it stands.
  package var stage: Stage?
  /// The instant at which it first had an identifying value; `nil` for visitors (CON-02).
  package var dateIdentified: Date?
  /// Where its picture comes from.
  package var preferredProfileImage: String?
  /// Channels on which it must not be written to.
  package var doNotContact: [DoNotContact]
  /// The frequency rules by channel.
  package var frequencyRules: [FrequencyRule]
}

/// The values of a record's published fields, in the fields' display order.
package struct FieldValues: Sendable, Sequence {
  /// The fields; all records of a page share them.
  package let fields: [Field]
  /// A value or `nil` for each field.
  package var values: [FieldValue?]

  /// Values for fields; both have the same count.
  package init(fields: [Field], values: [FieldValue?]) {
    precondition(fields.count == values.count, "a value for each field")
    self.fields = fields
    self.values = values
  }

  /// The value of the field with an alias.
  package subscript(alias: String) -> FieldValue? {
    fields.firstIndex { $0.alias == alias }.flatMap { values[$0] }
  }

  /// Goes through fields and values.
  package func makeIterator() -> Zip2Sequence<[Field], [FieldValue?]>.Iterator {
    zip(fields, values).makeIterator()
  }
}

/// An address that contacts were seen at.
package struct IPAddress: Sendable, Identifiable, Equatable {
  /// The address's id.
  package var id: Int64
  /// The address as text.
  package var address: String
  /// The known facts about its place, by the names of the wire format; empty where nothing is.
  package var details: [String: String]
}

/// Campaign parameters that a contact came with.
package struct UTMTag: Sendable, Identifiable, Equatable {
  /// The set's id.
  package var id: Int64
  /// The query as it was sent.
  package var query: JSON?
  /// The page it came from.
  package var referer: String?
  /// The host it came from.
  package var remoteHost: String?
  /// The page it came to.
  package var url: String?
  package var userAgent: String?
  /// `utm_campaign`.
  package var campaign: String?
  /// `utm_content`.
  package var content: String?
  /// `utm_medium`.
  package var medium: String?
  /// `utm_source`.
  package var source: String?
  /// `utm_term`.
  package var term: String?
}

/// A limit on how often a contact may be written to on a channel (CON-57).
package struct FrequencyRule: Sendable, Equatable {
  package var channel: String
  /// So many messages …
  package var frequencyNumber: Int?
  /// … a `DAY`, `WEEK` or `MONTH`.
  package var frequencyTime: String?
  /// Whether the contact likes this channel best.
  package var isPreferred: Bool
  /// The instant from which nothing is sent.
  package var pauseFrom: Date?
  /// The instant until which nothing is sent.
  package var pauseTo: Date?
}
