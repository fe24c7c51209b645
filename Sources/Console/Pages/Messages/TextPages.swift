import API

/// The pages of text messages, notifications and tweets: texts that other channels than e-mail send.
enum TextPages {
  static let texts: RecordPages = {
    var kind = RecordPages(
      "smses", member: "sms", area: .smses,
      nouns: .init(
        one: "Text message", many: "Text messages", none: "No text messages yet",
        meaning: "Text messages are part of marketing messages and of campaigns.",
        new: "New text message"),
      columns: { columns("smses", of: "message", $0) },
      fields: { _, page in
        let text = FormField(
          "message", page.texts("Text"), .longText(rows: 5),
          hint: page.texts("Tokens such as {contactfield=firstname} take the contact's values."),
          isRequired: true, isWide: true)
        return [try await head("sms", [text], page), CommonFields.publishing(page)]
      })
    kind.order = ("name", "ASC")
    return kind
  }()

  static let notifications: RecordPages = {
    var kind = RecordPages(
      "notifications", member: "notification", area: .notifications,
      nouns: .init(
        one: "Notification", many: "Notifications", none: "No notifications yet",
        meaning: "Notifications appear in a contact's browser or app, and lead to a page.",
        new: "New notification"),
      columns: { columns("notifications", of: "heading", $0) },
      fields: { _, page in
        let texts = page.texts
        return [
          try await head(
            "notification",
            [
              FormField("heading", texts("Heading"), isRequired: true),
              FormField("button", texts("Text of the button")),
              FormField(
                "message", texts("Text"), .longText(rows: 4), isRequired: true, isWide: true),
              FormField("url", texts("Address that it leads to"), .url, isWide: true),
            ], page), UTMFields.section(page), CommonFields.publishing(page),
        ]
      })
    kind.order = ("name", "ASC")
    return kind
  }()

  static let tweets: RecordPages = {
    var kind = RecordPages(
      "tweets", member: "tweet", area: .tweets,
      nouns: .init(
        one: "Tweet", many: "Tweets", none: "No tweets yet",
        meaning: "Tweets are short texts that campaigns send.", new: "New tweet"),
      columns: { columns("tweets", of: "text", $0) },
      fields: { _, page in
        let texts = page.texts
        return [
          try await head(
            "tweet",
            [
              FormField(
                "text", texts("Text"), .longText(rows: 4), hint: texts("At most 280 characters."),
                isRequired: true, isWide: true),
              FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
            ], page), CommonFields.publishing(page, hasDates: false),
        ]
      })
    kind.order = ("name", "ASC")
    return kind
  }()

  /// The fields that all have, with those of a kind after the name.
  private static func head(
    _ bundle: String, _ own: [FormField], _ page: PageRequest
  ) async throws -> FormSection {
    var language = CommonFields.language(page)
    language.initial = "en"
    return FormSection(
      "",
      [
        FormField("name", page.texts("Name"), isRequired: true),
        try await CommonFields.category(bundle, page),
      ] + own + [language])
  }

  private static func columns(
    _ path: String, of member: String, _ page: PageRequest
  ) -> [Column] {
    [
      RecordPages.name(page, path: path),
      Column(page.texts("Text")) { record, page in
        page.plain((record[member]?.text).map { String($0.prefix(100)) })
      },
      Column(page.texts("Language"), .wide) { $1.plain($0["language"]?.text) },
      Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
      Column(page.texts("Sent"), .number) { $1.count($0["sentCount"]) },
      Column(page.texts("Status")) { $1.published($0) },
      Column(page.texts("Created"), order: "dateAdded", .line) { $1.time($0["dateAdded"]) },
    ]
  }
}
