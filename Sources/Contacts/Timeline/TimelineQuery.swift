public import Foundation

/// Which events of a history are asked for, and in what order.
public struct TimelineQuery: Sendable, Equatable {
  /// By what a history can be ordered (CON-102).
  public enum Order: Sendable, Equatable {
    case timestamp, type, label

    /// The order that a column of the wire format means; empty is the timestamp.
    public init?(column: String) {
      switch column {
      case "", "timestamp", "date_added", "dateAdded": self = .timestamp
      case "event", "eventType", "type": self = .type
      case "eventLabel", "label": self = .label
      default: return nil
      }
    }
  }

  /// Only these kinds; empty means all.
  public var include: Set<TimelineEventType>
  /// Not these kinds; wins over ``include`` (CON-101).
  public var exclude: Set<TimelineEventType>
  /// Only events whose label or data hold this text (CON-102).
  public var search: String
  /// Not before this instant.
  public var from: Date?
  /// Not after this instant.
  public var to: Date?
  /// By what; ties are broken by instant, kind and number (CON-106).
  public var order: Order
  /// Whether the last comes first.
  public var isDescending: Bool

  /// Everything, the newest first.
  public init(
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
public struct TimelineEvent: Sendable, Equatable {
  /// What kind of event.
  public var type: TimelineEventType
  /// A text that no other event has.
  public var id: String
  /// When.
  public var timestamp: Date
  /// To whom.
  public var contactID: Int64
  /// What people read first.
  public var label: String
  /// What else is known, by name.
  public var details: [String: JSONValue]
}

/// Some events of a history.
public struct TimelinePage: Sendable {
  /// The events in the order asked for.
  public var events: [TimelineEvent]
  /// How many there are in all.
  public var total: Int
}
