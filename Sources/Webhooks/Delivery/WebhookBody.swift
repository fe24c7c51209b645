import Foundation

/// The body of a request: an object keyed by event, each member an array of payloads (api.md 9).
struct WebhookBody: Sendable, Equatable {
  /// The text of the JSON object.
  var text: String
  /// The events in it.
  var events: [Int64]
  /// Events before and between them that nobody can be told of any more: their contact or company is gone.
  var dropped: [Int64]

  /// The most bytes of a body, beyond which it takes no further event.
  static let fullSize = 1_048_576

  /// Puts events together, the oldest first, up to the first that has to wait for the next request.
  ///
  /// A contact's events must come in their order also to a receiver that reads the body from its beginning to its end:
  /// an event whose key stands before that of an earlier event of its contact waits.
  ///
  /// - Parameters:
  ///   - queued: The events that wait, in order.
  ///   - most: The maximum number of events.
  ///   - order: The order of events with one key.
  ///   - records: The records that they are about, by kind and id.
  init(
    _ queued: [QueuedEvent], most: Int = .max, order: Webhook.Order?,
    records: [WebhookRecordKind: [Int64: String]]
  ) {
    var keys: [WebhookEvent] = []
    var payloads: [WebhookEvent: [String]] = [:]
    var latestKey: [Int64: Int] = [:]
    var size = 2
    events = []
    dropped = []
    for event in queued where events.count < most {
      guard let payload = Self.payload(of: event, records) else {
        dropped.append(event.id)
        continue
      }
      let place = keys.firstIndex(of: event.event) ?? keys.count
      if let contact = event.contact {
        if place < latestKey[contact] ?? 0 { break }
        latestKey[contact] = place
      }
      size += payload.utf8.count + event.event.rawValue.utf8.count + 8
      if size > Self.fullSize, !events.isEmpty { break }
      if place == keys.count { keys.append(event.event) }
      payloads[event.event, default: []].append(payload)
      events.append(event.id)
    }
    let members = keys.map { key in
      let list = payloads[key] ?? []
      let ordered = order == .newestFirst ? list.reversed() : list
      return "\"\(key.rawValue)\":[\(ordered.joined(separator: ","))]"
    }
    text = "{\(members.joined(separator: ","))}"
  }

  /// The payload of an event; nil if the record that it is about is gone.
  private static func payload(
    of event: QueuedEvent, _ records: [WebhookRecordKind: [Int64: String]]
  ) -> String? {
    var members: [String] = []
    let kinds = event.event.records
    if let kind = kinds.contact {
      if let contact = event.contact.flatMap({ records[kind]?[$0] }) {
        members.append("\"contact\":\(contact)")
      } else if event.contact != nil || event.event.isAboutContact {
        return nil
      }
    }
    if let kind = kinds.subject {
      guard let record = event.subject.flatMap({ records[kind]?[$0] }) else { return nil }
      switch kind {
      case .company: members.append("\"company\":\(record)")
      case .segment: members.append("\"segment\":\(record)")
      case .contact: members.append("\"contact\":\(record)")
      case .submission: members.append("\"submission\":\(record)")
      case .sentEmail, .openedEmail: members.append(Self.members(of: record))
      }
    }
    if let data = event.data { members.append(Self.members(of: data)) }
    members.append("\"timestamp\":\"\(event.timestamp)\"")
    return "{\(members.filter { !$0.isEmpty }.joined(separator: ","))}"
  }

  /// The members in the text of an object, without its braces.
  private static func members(of object: String) -> String {
    String(object.drop { $0 != "{" }.dropFirst().dropLast())
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension WebhookEvent {
  /// Whether there is no such event without a contact.
  var isAboutContact: Bool {
    switch self {
    case .contactIdentified, .contactUpdated, .contactDeleted, .pointsChanged, .subscriptionChanged,
      .companyLinksChanged, .segmentsChanged:
      true
    case .companySaved, .companyDeleted, .emailSent, .emailOpened, .formSubmitted, .pageHit,
      .messageSent:
      false
    }
  }
}
