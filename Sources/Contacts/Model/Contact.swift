package import Fields
package import Foundation
package import Postgres
package import Users

/// A contact with everything that the wire format includes (api.md 8.1).
package struct Contact: Sendable, Identifiable {
  /// The contact's id.
  package var id: Int64
  /// Whether the record is in use.
  package var isPublished: Bool
  /// The time of creation.
  package var dateAdded: Date
  /// The time of the last change by a user, the API or an import.
  package var dateModified: Date?
  /// The user who created it; `nil` for visitors.
  package var createdBy: Int64?
  /// The name of that user at the time.
  package var createdByUser: String?
  /// The user who last changed it.
  package var modifiedBy: Int64?
  /// The name of that user at the time.
  package var modifiedByUser: String?
  /// The points; may be negative.
  package var points: Int
  /// The color as hexadecimal digits, from the highest point trigger reached.
  package var color: String?
  /// The values of all published fields.
  package var fields: FieldValues
  /// The time of the last tracked activity.
  package var lastActive: Date?
  /// The owner of the contact.
  package var owner: UserReference?
  /// The IP addresses at which it was seen, oldest first.
  package var ipAddresses: [IPAddress]
  /// The tags, by name.
  package var tags: [Tag]
  /// The campaign parameters with which it came, oldest first.
  package var utmTags: [UTMTag]
  /// The stage.
  package var stage: Stage?
  /// The time at which it first had an identifying value; `nil` for visitors (CON-02).
  package var dateIdentified: Date?
  /// The source of its picture.
  package var preferredProfileImage: String?
  /// The channels on which it must not be contacted.
  package var doNotContact: [DoNotContact]
  /// The frequency rules by channel.
  package var frequencyRules: [FrequencyRule]
}

/// The values of a record's published fields, in the fields' display order.
package struct FieldValues: Sendable, Sequence {
  /// The fields, shared by all records of a page.
  package let fields: [Field]
  /// A value or `nil` for each field.
  package var values: [FieldValue?]

  /// Creates values for fields; both have the same count.
  package init(fields: [Field], values: [FieldValue?]) {
    precondition(fields.count == values.count, "a value for each field")
    self.fields = fields
    self.values = values
  }

  /// The value of the field with an alias.
  package subscript(alias: String) -> FieldValue? {
    fields.firstIndex { $0.alias == alias }.flatMap { values[$0] }
  }

  /// Iterates over fields and values.
  package func makeIterator() -> Zip2Sequence<[Field], [FieldValue?]>.Iterator {
    zip(fields, values).makeIterator()
  }
}

/// An IP address at which contacts were seen.
package struct IPAddress: Sendable, Identifiable, Equatable {
  /// The address's id.
  package var id: Int64
  /// The address as text.
  package var address: String
  /// The known details of its location, by the names on the wire; empty if nothing is known.
  package var details: [String: String]
}

/// Campaign parameters with which a contact came.
package struct UTMTag: Sendable, Identifiable, Equatable {
  /// The id of the set.
  package var id: Int64
  /// The query as sent.
  package var query: JSON?
  /// The URL of the referring page.
  package var referer: String?
  /// The referring host.
  package var remoteHost: String?
  /// The URL of the landing page.
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

/// A limit on the number of messages to a contact on a channel (CON-57).
package struct FrequencyRule: Sendable, Equatable {
  package var channel: String
  /// The maximum number of messages per `frequencyTime`.
  package var frequencyNumber: Int?
  /// The period: `DAY`, `WEEK` or `MONTH`.
  package var frequencyTime: String?
  /// Whether the contact prefers this channel.
  package var isPreferred: Bool
  /// The instant from which nothing is sent.
  package var pauseFrom: Date?
  /// The instant until which nothing is sent.
  package var pauseTo: Date?
}
