/// The importable attributes of a contact or company that are not fields (import-export.md 6).
package enum SpecialAttribute: String, Sendable, Codable, CaseIterable {
  /// Creation time.
  case dateAdded
  /// Modification time.
  case dateModified
  /// Identification time.
  case dateIdentified
  /// User name or e-mail of the user who created the record.
  case createdByUser
  /// User name or e-mail of the user who changed the record last.
  case modifiedByUser
  /// Id, user name or e-mail of the owner.
  case owner
  /// Id, user name or e-mail of the owner.
  case ip
  /// Name of a stage.
  case stage
  /// Points of a new contact.
  case points
  /// Tag names separated by `|`; a leading `-` removes the tag.
  case tags
  /// Whether e-mail to the contact is forbidden.
  case doNotEmail

  /// Alternative names.
  static let synonyms: [String: SpecialAttribute] = ["ownerusername": .owner]

  /// The attributes that companies have too.
  static let ofCompanies: Set<SpecialAttribute> = [
    .dateAdded, .dateModified, .createdByUser, .modifiedByUser, .owner,
  ]

  /// The display name.
  package var label: String {
    switch self {
    case .dateAdded: "Date added"
    case .dateModified: "Date modified"
    case .dateIdentified: "Date identified"
    case .createdByUser: "Created by"
    case .modifiedByUser: "Modified by"
    case .owner: "Owner"
    case .ip: "IP addresses"
    case .stage: "Stage"
    case .points: "Points"
    case .tags: "Tags"
    case .doNotEmail: "Do not e-mail"
    }
  }
}

/// The target of a column.
package enum ImportTarget: Sendable, Hashable {
  /// The contact's id.
  case id
  /// A field of the imported object, by its alias.
  case field(String)
  /// A field of the contact's company, by its alias.
  case companyField(String)
  /// An attribute that is not a field.
  case special(SpecialAttribute)

  /// The name in requests and responses.
  package var name: String {
    switch self {
    case .id: "id"
    case .field(let alias), .companyField(let alias): alias
    case .special(let attribute): attribute.rawValue
    }
  }
}
