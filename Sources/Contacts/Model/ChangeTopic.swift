/// An aspect of a contact that segment filters can read. Topics are equal if their names are.
package struct ChangeTopic: Sendable, Hashable, RawRepresentable {
  /// The name in the database.
  package let rawValue: String

  /// Creates a topic from its name; other modules define their own, such as `campaign:7`.
  package init(rawValue: String) { self.rawValue = rawValue }

  /// Returns the topic of a column of the contact's record: a field's alias, or an attribute such
  /// as `owner_id`.
  package static func column(_ name: String) -> ChangeTopic {
    ChangeTopic(rawValue: "field:\(name)")
  }
  package static func segment(_ id: Int64) -> ChangeTopic { ChangeTopic(rawValue: "segment:\(id)") }
  /// Membership of any segment, for filters that ask whether there is one.
  package static let anySegment = ChangeTopic(rawValue: "segment:any")
  /// A new contact: no filter has read it yet.
  package static let created = ChangeTopic(rawValue: "created")
  /// The tags of the contact.
  package static let tags = ChangeTopic(rawValue: "tags")
  /// The contact's companies, which of them is primary, or a value of the primary one.
  package static let company = ChangeTopic(rawValue: "company")
  /// Do-not-contact entries.
  package static let doNotContact = ChangeTopic(rawValue: "dnc")
  /// Campaign parameters.
  package static let utm = ChangeTopic(rawValue: "utm")
  package static let devices = ChangeTopic(rawValue: "devices")
  /// Subscribed categories.
  package static let categories = ChangeTopic(rawValue: "categories")
}
