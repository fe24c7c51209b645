import API

/// What is foreseen for a contact: an event of a campaign, or a message that is held back.
struct PlannedEvent: Sendable {
  /// What it is.
  enum Kind: Sendable {
    /// An event of a campaign, by its id.
    case campaign(String)
    /// An entry of the message queue, by its id.
    case message(String)
  }

  let kind: Kind
  /// What will be done.
  let title: String
  /// The campaign; empty for a message.
  let campaign: (id: String, name: String)
  /// When, as the API tells it; empty where it is not known.
  let time: String
  /// What went wrong at the first try; empty for nothing.
  let error: String
  /// Whether a try has failed.
  let isWarning: Bool
  let attempts: Int
  /// Whether it is being done at this moment, and neither moved nor cancelled any more.
  let isRunning: Bool

  /// An event of the API's history; nil for one that is not foreseen.
  init?(_ event: JSONValue) {
    let details = event["details"] ?? [:]
    time = details["triggerDate"]?.text ?? details["rescheduledDate"]?.text ?? ""
    attempts = details["attempts"]?.integer ?? 0
    switch event["event"]?.text {
    case "campaign.event.scheduled":
      let state = details["state"]?.text
      guard let id = details["eventId"]?.text, state == "scheduled" || state == "running" else {
        return nil
      }
      kind = .campaign(id)
      isRunning = state == "running"
      title = details["event"]?.text ?? id
      campaign = (details["campaignId"]?.text ?? "", details["campaign"]?.text ?? "")
      error = details["error"]?.text ?? details["note"]?.text ?? ""
      isWarning = details["isWarning"]?.truth == true
    case "message.queue":
      guard let id = details["queueId"]?.text, details["canCancel"]?.truth == true else {
        return nil
      }
      kind = .message(id)
      isRunning = false
      title = event["eventLabel"]?.text ?? ""
      campaign = ("", "")
      error = details["reason"]?.text ?? ""
      isWarning = attempts > 0
    default: return nil
    }
  }

  /// How many of the newest entries are looked through.
  static let most = 100

  /// All that is foreseen for a contact, the next first.
  static func all(of contact: Int64, _ page: PageRequest) async throws -> [PlannedEvent] {
    let answer = try await page.get(
      "contacts/\(contact)/activity",
      [
        "limit": .int(most),
        "filters": ["includeEvents": ["campaign.event.scheduled", "message.queue"]],
      ])
    return (answer["events"]?.elements ?? []).compactMap(PlannedEvent.init)
      .sorted { $0.time < $1.time }
  }

  /// Where it is cancelled, below the contact's page.
  var cancelPath: String {
    switch kind {
    case .campaign(let id): "events/\(id)/cancel"
    case .message(let id): "messages/\(id)/cancel"
    }
  }

  /// Where it is given another time, below the contact's page; empty where it cannot be.
  var reschedulePath: String {
    if case .campaign(let id) = kind { "events/\(id)/reschedule" } else { "" }
  }
}
