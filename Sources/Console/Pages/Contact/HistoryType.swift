import API

/// How a kind of event of a history looks.
struct HistoryType: Sendable {
  /// The words before the label, in English.
  var before: String
  /// The name of a symbol in `icons.svg`.
  var icon: String
  /// The tone of the icon.
  var kind = ""
  /// The record that it leads to: its path below `/console/`, and the member of the details with its id.
  var record: (path: String, member: String)?

  init(
    _ before: String, _ icon: String, _ kind: String = "", to path: String = "",
    _ member: String = ""
  ) {
    self.before = before
    self.icon = icon
    self.kind = kind
    record = path.isEmpty ? nil : (path, member)
  }

  /// The address of the record; empty for none.
  func address(_ details: JSONValue) -> String {
    guard let record, let id = details[record.member]?.integer else { return "" }
    return "/console/\(record.path)/\(id)"
  }

  /// The kind of an event's key.
  static func of(_ key: String) -> HistoryType { all[key] ?? HistoryType("", "info") }

  /// The kinds that are known, by their keys.
  static let all: [String: HistoryType] = [
    "asset.download": .init("Downloaded", "assets", "accent", to: "assets", "assetId"),
    "campaign.event": .init("Campaign did", "campaigns", to: "campaigns", "campaignId"),
    "campaign.event.scheduled": .init("Scheduled:", "schedule", to: "campaigns", "campaignId"),
    "campaign_membership": .init("", "campaigns", to: "campaigns", "campaignId"),
    "dynamic.content.sent": .init(
      "Was shown", "dynamic", to: "dynamiccontents", "dynamicContentId"),
    "email.failed": .init("Could not send", "bad", "bad", to: "emails", "emailId"),
    "email.read": .init("Opened", "eye", "accent", to: "emails", "emailId"),
    "email.replied": .init("Replied to", "emails", "ok", to: "emails", "emailId"),
    "email.sent": .init("Was sent", "send", to: "emails", "emailId"),
    "event.track": .init("Event of an app:", "bolt", "accent"),
    "form.submitted": .init("Submitted", "forms", "ok", to: "forms", "formId"),
    "integration_sync_issues": .init("Could not synchronise", "warn", "warn"),
    "lead.apiadded": .init("", "api"),
    "lead.create": .init("", "plus"),
    "lead.donotcontact": .init("Do not contact by", "lock", "warn"),
    "lead.identified": .init("", "check", "ok"),
    "lead.imported": .init("Imported from", "import", to: "imports", "importId"),
    "lead.ipadded": .init("Came from the address", "globe"),
    "lead.source.created": .init("Created by", "plus"),
    "lead.source.identified": .init("Identified by", "check", "ok"),
    "lead.utmtagsadded": .init("", "link"),
    "message.queue": .init("Held back:", "queues", to: "emails", "channelId"),
    "page.hit": .init("Visited", "pages", to: "pages", "pageId"),
    "page.videohit": .init("Watched", "play", "accent"),
    "point.gained": .init("Points:", "points", "ok"),
    "segment_membership": .init("", "segments", to: "segments", "segmentId"),
    "sms.failed": .init("Could not send the text message", "bad", "bad"),
    "sms.sent": .init("Was sent the text message", "phone"),
    "sms_reply": .init("Replied to the text message", "phone", "ok"),
    "stage.changed": .init("Came to the stage", "stages", to: "stages", "stageId"),
  ]
}
