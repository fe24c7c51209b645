/// The heading under which a filter is offered, in the order of the headings.
package enum FilterSection: String, Sendable, CaseIterable {
  case contact, record, company, email, web, consent, campaignTags, devices, groups

  /// The heading for people.
  package var label: String {
    switch self {
    case .contact: "Contact fields"
    case .record: "Contact record"
    case .company: "Primary company"
    case .email: "E-mail behavior"
    case .web: "Pages, events and downloads"
    case .consent: "Do not contact"
    case .campaignTags: "UTM tags"
    case .devices: "Devices"
    case .groups: "Point groups"
    }
  }
}

/// The records or the closed list from which a filter's values are chosen; the raw values are the types of filters on the
/// wire (segments.md 6).
package enum FilterLookup: String, Sendable, CaseIterable {
  case segments = "leadlist"
  case tags
  case owners = "lookup_id"
  case stages = "stage"
  case categories = "globalcategory"
  case campaigns = "campaign"
  case emails = "lead_email_received"
  case assets
  case deviceTypes = "device_type"
  case deviceBrands = "device_brand"
  case deviceSystems = "device_os"
}

/// A further member of a filter's `properties` that refines its field (SEG-69).
package struct FilterRefinement: Sendable, Equatable {
  /// The member.
  package var name: String
  /// The name for people.
  package var label: String
  /// Whether it is a number; a text otherwise.
  package var isNumber: Bool

  /// Creates a member.
  package init(_ name: String, _ label: String, isNumber: Bool = false) {
    self.name = name
    self.label = label
    self.isNumber = isNumber
  }
}
