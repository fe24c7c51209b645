import API

/// What is done with many contacts at once.
enum ContactBatchAction: String, CaseIterable, Sendable {
  case segments, tags, campaigns, owner, stage, companies, categories, channels, dnc, points
  case export, delete

  /// The name of a symbol in `icons.svg`.
  var icon: String {
    switch self {
    case .segments: "segments"
    case .tags: "tags"
    case .campaigns: "campaigns"
    case .owner: "users"
    case .stage: "stages"
    case .companies: "companies"
    case .categories: "categories"
    case .channels: "send"
    case .dnc: "bad"
    case .points: "points"
    case .export: "export"
    case .delete: "trash"
    }
  }

  /// Whether what it does cannot be undone.
  var isDanger: Bool { self == .delete }

  /// What a user needs for it.
  var needs: Requirement {
    switch self {
    case .export: .on(.contacts, .view).and(.on(.exports, .enable))
    case .delete: .on(.contacts, .delete)
    case .segments: .on(.contacts, .edit).and(.on(.segments, .view))
    case .campaigns: .on(.contacts, .edit).and(.on(.campaigns, .view))
    case .stage: .on(.contacts, .edit).and(.on(.stages, .view))
    case .categories: .on(.contacts, .edit).and(.on(.categories, .view))
    default: .on(.contacts, .edit)
    }
  }

  /// The text of its button.
  func button(_ texts: Texts) -> String {
    switch self {
    case .segments: texts("Segments")
    case .tags: texts("Tags")
    case .campaigns: texts("Campaigns")
    case .owner: texts("Owner")
    case .stage: texts("Stage")
    case .companies: texts("Companies")
    case .categories: texts("Categories")
    case .channels: texts("Channels")
    case .dnc: texts("Do not contact")
    case .points: texts("Points")
    case .export: texts("Export")
    case .delete: texts("Delete")
    }
  }

  /// The heading of its page.
  func heading(_ texts: Texts) -> String {
    switch self {
    case .segments: texts("Add to segments or remove")
    case .tags: texts("Add or remove tags")
    case .campaigns: texts("Add to campaigns or remove")
    case .owner: texts("Change the owner")
    case .stage: texts("Change the stage")
    case .companies: texts("Add to companies or remove")
    case .categories: texts("Subscribe to categories or unsubscribe")
    case .channels: texts("Channels and frequency")
    case .dnc: texts("Do not contact")
    case .points: texts("Change the points")
    case .export: texts("Export contacts")
    case .delete: texts("Delete contacts")
    }
  }
}
