package import Foundation
package import Primitives

/// Which events of a history are asked for, and in what order.
package struct TimelineQuery: Sendable, Equatable {
  /// By what a history can be ordered (CON-102).
  package enum Order: Sendable, Equatable {
    case timestamp, type, label

    /// The order that a column of the wire format means; empty is the timestamp.
    package init?(column: String) {
      switch column {
      case "", "timestamp", "date_added", "dateAdded": self = .timestamp
      case "event", "eventType", "type": self = .type
      case "eventLabel", "label": self = .label
      default: return nil
      }
    }
  }

  /// Only these kinds; empty means all.
  package var include: Set<TimelineEventType>
  /// Not these kinds; wins over ``include`` (CON-101).
  package var exclude: Set<TimelineEventType>
  /// Only events whose label or data hold this text (CON-102).
  package var search: String
  /// Not before this instant.
  package var from: Date?
  /// Not after this instant.
  package var to: Date?
  /// By what; ties are broken by instant, kind and number (CON-106).
  package var order: Order
  /// Whether the last comes first.
  package var isDescending: Bool

  /// Everything, the newest first.
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

  /// Whether a kind is asked for.
  func wants(_ type: TimelineEventType) -> Bool {
    (include.isEmpty || include.contains(type)) && !exclude.contains(type)
  }

  /// The search as a pattern in which only the text itself counts.
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

/// Something that happened to a contact.
package struct TimelineEvent: Sendable, Equatable {
  /// The type of the event.
  package var type: TimelineEventType
  /// A text that no other event has.
  package var id: String
  /// The instant.
  package var timestamp: Date
  /// To whom.
  package var contactID: Int64
  /// The label.
  package var label: String
  /// Details by name.
  package var details: [String: JSONValue]
}

/// Some events of a history.
package struct TimelinePage: Sendable {
  /// The events in the order asked for.
  package var events: [TimelineEvent]
  /// The total.
  package var total: Int
}
