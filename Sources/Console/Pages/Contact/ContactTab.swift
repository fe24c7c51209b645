import API

/// A part of a contact's page, each with an address of its own, so that the page stays light.
enum ContactTab: String, CaseIterable, Sendable {
  case history, details, scheduled, segments, campaigns, notes, devices, places, preferences, audit

  /// Its name.
  func name(_ page: PageRequest) -> String {
    switch self {
    case .history: page.texts("History")
    case .details: page.texts("Details")
    case .scheduled: page.texts("Scheduled")
    case .segments: page.texts("Segments")
    case .campaigns: page.texts("Campaigns")
    case .notes: page.texts("Notes")
    case .devices: page.texts("Devices")
    case .places: page.texts("Places")
    case .preferences: page.texts("Preferences")
    case .audit: page.texts("Audit")
    }
  }

  /// The one that a request asks for.
  init(_ page: PageRequest) {
    self = page.query("tab").flatMap(Self.init(rawValue:)) ?? .history
  }

  /// Whether a page of this contact has it: what is empty is left out.
  func isShown(_ contact: ContactRecord, _ page: PageRequest) -> Bool {
    switch self {
    case .segments: page.may(.view, .segments)
    case .campaigns: page.may(.view, .campaigns)
    case .devices: (contact.counts[.devices] ?? 0) > 0
    case .places: !contact.places.isEmpty
    case .audit: page.may(.administrator)
    default: true
    }
  }
}
