import API

/// The details of an event, to unfold: those that people understand, by name.
struct HistoryDetails: Sendable {
  let details: JSONValue
  let page: PageRequest

  private static let template = Template(
    #"""
    <details class="unfold"><summary>[[Details]]</summary><dl class="facts">{{#rows}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/rows}}</dl></details>
    """#)

  /// The most rows of an event; further opens of an e-mail are told as a number.
  private static let most = 100

  func callAsFunction() -> HTML {
    let rows = rows
    guard !rows.isEmpty else { return .empty }
    var shown = rows.prefix(Self.most).map {
      ["name": $0.name, "value": $0.value] as [String: Any]
    }
    if rows.count > Self.most {
      shown.append([
        "name": "",
        "value": page.texts(
          "and {count} more", ["count": page.formats.number(rows.count - Self.most)]),
      ])
    }
    return Self.template(["rows": shown], page.texts)
  }

  /// The rows in their order: what is known by name, then what an event has of its own.
  private var rows: [(name: String, value: String)] {
    guard case .object(let object) = details else { return [] }
    var rows: [(String, String)] = []
    for (key, name) in Self.names {
      guard let value = object[key] else { continue }
      if let text = text(key, value) { rows.append((page.texts(name), text)) }
    }
    for member in object.members where !Self.known.contains(member.key) {
      rows += nested(member.key, member.value)
    }
    return rows
  }

  /// A single value as people read it; nil for none.
  private func text(_ key: String, _ value: JSONValue) -> String? {
    if case .bool(let bool) = value { return page.texts(bool ? "yes" : "no") }
    guard let text = value.text, !text.isEmpty else { return nil }
    if Self.times.contains(key) { return page.formats.moment(text) }
    if Self.words.contains(key) { return page.texts(text) }
    if key == "duration" || key == "timeWatched", let seconds = Double(text) {
      return page.formats.duration(seconds: seconds)
    }
    if key == "reason", let reason = value.integer { return DoNotContact.reason(reason, page) }
    return text
  }

  /// What stands in a member that no name is known for: members of members, and lists.
  private func nested(_ key: String, _ value: JSONValue) -> [(String, String)] {
    switch value {
    case .object(let object):
      return object.members.flatMap { nested($0.key, $0.value) }
    case .array(let items):
      if let texts = items.isEmpty ? nil : Optional(items.compactMap(\.text)),
        texts.count == items.count
      {
        return [(key, texts.joined(separator: ", "))]
      }
      return items.map { (page.texts(Self.lists[key] ?? key), line($0)) }
    default: return text(key, value).map { [(key, $0)] } ?? []
    }
  }

  /// One of several, such as an opening of an e-mail, on a line.
  private func line(_ value: JSONValue) -> String {
    guard case .object(let object) = value else { return value.text ?? "" }
    return object.members.compactMap { member in
      member.key == "inBrowser" && member.value.truth == false
        ? nil : text(member.key, member.value)
    }.joined(separator: " · ")
  }

  // MARK: Names

  /// Members that are shown by name, in their order.
  private static let names: KeyValuePairs<String, String> = [
    "campaign": "Campaign", "event": "Event", "type": "Type", "rotation": "Round", "path": "Path",
    "action": "What", "cause": "Cause", "byHand": "By hand",
    "triggerDate": "Time", "pinned": "Time set by hand", "attempts": "Tries",
    "maxAttempts": "Most tries", "error": "Error", "note": "Note", "status": "State",
    "originalDate": "First meant for", "rescheduledDate": "Next try",
    "email": "E-mail", "address": "Address", "openCount": "Opened times",
    "lastOpened": "Last opened",
    "viewedInBrowser": "Read in the browser", "byPerson": "By a person",
    "machineOpenCount": "Opened by machines", "isUnknown": "Not known whether it arrived",
    "form": "Form", "pageTitle": "Page", "title": "Title", "url": "Address of the page",
    "referer": "Came from", "language": "Language", "dateLeft": "Left at",
    "timeWatched": "Watched for", "duration": "Length", "userAgent": "Browser",
    "ipAddress": "IP address", "source": "Source", "sourceName": "Source", "user": "User",
    "createdByUser": "Created by",
    "channel": "Channel", "reason": "Reason", "comments": "Comment",
    "utmCampaign": "UTM campaign", "utmSource": "UTM source", "utmMedium": "UTM medium",
    "utmContent": "UTM content", "utmTerm": "UTM term",
    "file": "File", "row": "Line", "asset": "Asset", "dynamicContent": "Content", "slot": "Place",
    "sentCount": "Shown times", "lastSent": "Last shown", "segment": "Segment", "stage": "Stage",
    "eventName": "Event", "actionName": "Action", "delta": "Points",
  ]

  private static let times: Set<String> = [
    "triggerDate", "originalDate", "rescheduledDate", "lastOpened", "dateLeft", "lastSent",
    "datetime",
  ]

  /// Members whose values are words of the program, which have translations.
  private static let words: Set<String> = [
    "path", "action", "cause", "status", "channel", "source",
  ]

  /// Lists of details, by what one entry is.
  private static let lists = ["openDetails": "Opened", "bounces": "Bounced"]

  /// Members that stand elsewhere, or are for programs.
  private static let hidden: Set<String> = [
    "campaignId", "eventId", "eventType", "state", "isWarning", "emailId", "statId",
    "trackingHash", "sourceId", "isFailed", "queueId", "channelId", "canCancel", "formId",
    "formAlias", "submissionId", "trackingId", "pageId", "hitId", "guid", "messageId",
    "writeKeyId", "importId", "assetId", "dynamicContentId", "segmentId", "stageId", "id",
    "groupId", "ipId", "userId", "createdBy",
  ]

  private static let known = hidden.union(names.map(\.key))
}
