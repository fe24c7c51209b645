/// Something of a contact that segment filters can read. Two topics are equal if their names are.
package struct ChangeTopic: Sendable, Hashable, RawRepresentable {
  /// The name, as the database keeps it.
  package let rawValue: String

  /// A topic by its name; modules above name their own, such as `campaign:7`.
  package init(rawValue: String) { self.rawValue = rawValue }

  /// A column of the contact's record: a field's alias, or an attribute such as `owner_id`.
  package static func column(_ name: String) -> ChangeTopic {
    ChangeTopic(rawValue: "field:\(name)")
  }
  package static func segment(_ id: Int64) -> ChangeTopic { ChangeTopic(rawValue: "segment:\(id)") }
  /// Membership of segments altogether, for filters that ask whether there is any.
  package static let anySegment = ChangeTopic(rawValue: "segment:any")
  /// The contact is new: whatever a filter reads, it has not looked at this contact yet.
  package static let created = ChangeTopic(rawValue: "created")
  /// The tags of the contact.
  package static let tags = ChangeTopic(rawValue: "tags")
  /// The contact's companies, which of them is primary, or a value of the primary one.
  package static let company = ChangeTopic(rawValue: "company")
  /// Entries of do not contact.
  package static let doNotContact = ChangeTopic(rawValue: "dnc")
  /// Campaign parameters.
  package static let utm = ChangeTopic(rawValue: "utm")
  package static let devices = ChangeTopic(rawValue: "devices")
  /// Subscribed categories.
  package static let categories = ChangeTopic(rawValue: "categories")
}
