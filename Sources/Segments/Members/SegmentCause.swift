/// The reason why a contact entered or left a segment, as the history keeps it (segments.md 2.3, SEG-107).
package enum SegmentCause: Int, Sendable, CaseIterable {
  /// The segment's filters.
  case filter = 1
  /// A user, by hand or through the API.
  case user = 2
  /// An import into the segment.
  case `import` = 3
  /// A batch action.
  case batch = 4
  /// An action of a campaign.
  case campaign = 5
  /// A form's submit action.
  case form = 6
  /// A point trigger.
  case points = 7
  /// The merge of two contacts.
  case merge = 8

  /// The name in the contact's history.
  package var name: String {
    switch self {
    case .filter: "filter"
    case .user: "user"
    case .import: "import"
    case .batch: "batch"
    case .campaign: "campaign"
    case .form: "form"
    case .points: "points"
    case .merge: "merge"
    }
  }
}
