package import Foundation
package import Primitives

/// The selection and order of events of a history.
package struct TimelineQuery: Sendable, Equatable {
  /// The possible orders of a history (CON-102).
  package enum Order: Sendable, Equatable {
    case timestamp, type, label

    /// Creates the order of a column on the wire; an empty name means the timestamp.
    package init?(column: String) {
      switch column {
      case "", "timestamp", "date_added", "dateAdded": self = .timestamp
      case "event", "eventType", "type": self = .type
      case "eventLabel", "label": self = .label
      default: return nil
      }
    }
  }

  /// The kinds to include; empty for all.
  package var include: Set<TimelineEventType>
  /// The kinds to exclude, even if they are in ``include`` (CON-101).
  package var exclude: Set<TimelineEventType>
  /// A text that label or data must contain (CON-102).
  package var search: String
  /// The earliest instant.
  package var from: Date?
  /// The latest instant.
  package var to: Date?
  /// The order; ties are broken by instant, kind and key (CON-106).
  package var order: Order
  /// Whether the order is descending.
  package var isDescending: Bool
  /// The owner of the contacts of a history of all; nil for contacts of all.
  package var owner: Int64?

  /// Creates a query; by default for everything, newest first.
  package init(
    include: Set<TimelineEventType> = [], exclude: Set<TimelineEventType> = [],
    search: String = "", from: Date? = nil, to: Date? = nil, order: Order = .timestamp,
    isDescending: Bool = true
  ) {
    self.include = include
    self.exclude = exclude
    self.search = search
    self.from = from
    self.to = to
    self.order = order
    self.isDescending = isDescending
  }

  /// Returns whether a kind is requested.
  func wants(_ type: TimelineEventType) -> Bool {
    (include.isEmpty || include.contains(type)) && !exclude.contains(type)
  }

  /// The search as a pattern without wildcards in the text.
  var pattern: String? {
    let text = search.trimmingBlanks()
    guard !text.isEmpty else { return nil }
    var escaped = ""
    for character in text {
      if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
      escaped.append(character)
    }
    return "%\(escaped)%"
  }
}

/// An event in the history of a contact.
package struct TimelineEvent: Sendable, Equatable {
  /// The type of the event.
  package var type: TimelineEventType
  /// An id that is unique among all events.
  package var id: String
  /// The time of the event.
  package var timestamp: Date
  /// The id of the contact.
  package var contactID: Int64
  /// The label.
  package var label: String
  /// The details by name.
  package var details: [String: JSONValue]
}

/// A page of a history.
package struct TimelinePage: Sendable {
  /// The events in the requested order.
  package var events: [TimelineEvent]
  /// The total number.
  package var total: Int
}
