package import Foundation
package import Primitives

/// Something that a campaign leaves for a contact, and that the contact's next page is given once (tracking.md 14).
package struct VisitorContent: Sendable, Equatable {
  /// For whom it is on the page; the raw values are the names on the wire.
  package enum Service: String, Sendable, CaseIterable {
    /// An event for Google Analytics.
    case analytics = "google_analytics"
    /// An event for Facebook's pixel.
    case pixel = "facebook_pixel"
    /// A focus item to be shown.
    case focusItem = "focus_item"
  }

  /// The time for which it waits, in seconds.
  package static let life: TimeInterval = 86_400
  /// The most that wait for one contact; what comes on top is not left.
  package static let most = 50

  package var service: Service
  /// What the page is given, as an object.
  package var content: JSONValue

  /// An event for a service. Facebook's knows no categories.
  package static func event(
    _ action: String, label: String, category: String, for service: Service
  ) -> VisitorContent {
    var members: [String: JSONValue] = ["action": .string(action), "label": .string(label)]
    if service == .analytics { members["category"] = .string(category) }
    return VisitorContent(service: service, content: .object(members))
  }

  /// A focus item.
  package static func focusItem(_ id: Int64) -> VisitorContent {
    VisitorContent(service: .focusItem, content: .object(["id": .integer(id)]))
  }
}

/// What a hit does with what waits for its contact.
package enum ContentsUse: Sendable {
  /// Nothing: its answer is not read.
  case none
  /// It takes it with its answer. The same hit, sent again, takes it again.
  case takes
  /// It lets another hit have what it took: it is sent again in a way whose answer carries nothing.
  case returns
}
