/// Things of a contact or company that are no fields and can be imported (import-export.md 6).
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
  /// One or more IP addresses, separated by commas.
  case ip
  /// Name of a stage.
  case stage
  /// Points of a new contact.
  case points
  /// Tag names separated by `|`, a leading `-` removes.
  case tags
  /// Whether no e-mail may be sent.
  case doNotEmail

  /// Names under which it is also known.
  static let synonyms: [String: SpecialAttribute] = ["ownerusername": .owner]

  /// Those that companies have too.
  static let ofCompanies: Set<SpecialAttribute> = [
    .dateAdded, .dateModified, .createdByUser, .modifiedByUser, .owner,
  ]

  /// What it is called where people choose.
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

/// What a column is mapped to.
package enum ImportTarget: Sendable, Hashable {
  /// The contact's id.
  case id
  /// A field of what is imported, by its alias.
  case field(String)
  /// A field of the contact's company, by its alias.
  case companyField(String)
  /// Something that is no field.
  case special(SpecialAttribute)

  /// The name that requests and answers use.
  package var name: String {
    switch self {
    case .id: "id"
    case .field(let alias), .companyField(let alias): alias
    case .special(let attribute): attribute.rawValue
    }
  }
}
