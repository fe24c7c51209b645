import API

/// The pages of marketing messages: one message in several channels, of which each contact gets the preferred one.
enum MarketingMessagePages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "messages", member: "message", area: .messages,
      nouns: .init(
        one: "Marketing message", many: "Marketing messages", none: "No marketing messages yet",
        meaning:
          "A marketing message says the same by e-mail, text message and notification. A campaign sends it by the channel that a contact prefers.",
        new: "New marketing message"),
      columns: { page in
        [
          RecordPages.name(page, path: "messages"),
          Column(page.texts("Channels")) { channels($0, $1) },
          Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Status")) { $1.published($0) },
          Column(page.texts("Created"), order: "dateAdded", .line) { $1.time($0["dateAdded"]) },
        ]
      }, fields: { try await fields($1) })
    kind.order = ("name", "ASC")
    return kind
  }()

  /// A channel with what is sent by it.
  private struct Channel {
    var name: String
    var label: String
    /// Where its contents are listed, below `/api/`.
    var path: String
  }

  private static func all(_ page: PageRequest) -> [Channel] {
    [
      Channel(name: "email", label: page.texts("E-mail"), path: "emails"),
      Channel(name: "sms", label: page.texts("Text message"), path: "smses"),
      Channel(name: "notification", label: page.texts("Notification"), path: "notifications"),
    ]
  }

  private static func channels(_ record: JSONValue, _ page: PageRequest) -> HTML {
    let used = all(page).filter { channel in
      let content = record["channels"]?[channel.name]
      return content?["isEnabled"]?.truth == true && content?["channelId"]?.integer != nil
    }
    return used.isEmpty
      ? page.muted(page.texts("none")) : used.map { page.badge($0.label) }.joined()
  }

  private static func fields(_ page: PageRequest) async throws -> [FormSection] {
    var sections = [
      FormSection(
        "",
        [
          FormField("name", page.texts("Name"), isRequired: true),
          try await CommonFields.category("messages", page),
          FormField("description", page.texts("Description"), .longText(rows: 3), isWide: true),
        ])
    ]
    for channel in all(page) {
      sections.append(
        FormSection(
          channel.label,
          [
            FormField(
              "channels[\(channel.name)][channelId]", page.texts("What is sent"),
              .choice(try await contents(channel, page))),
            FormField(
              "channels[\(channel.name)][isEnabled]", page.texts("Send by this channel"), .flag),
          ]))
    }
    return sections + [CommonFields.publishing(page)]
  }

  /// The contents that a channel may send. Segment e-mails are no part of messages (EML-136).
  private static func contents(
    _ channel: Channel, _ page: PageRequest
  ) async throws -> [FormField.Choice] {
    var query: JSONObject = ["limit": 1000, "orderBy": "name", "minimal": 1]
    if channel.name == "email" {
      query["where"] = [["col": "emailType", "expr": "eq", "val": "template"]]
    }
    let answer = try await page.optional(channel.path, query)
    return (answer?[channel.path]?.elements ?? []).map {
      FormField.Choice($0["id"]?.text ?? "", $0["name"]?.text ?? "")
    }
  }
}
