import API

/// The fields of a webhook.
enum WebhookForm {
  @Sendable static func sections(
    _ hook: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          FormField(
            "webhookUrl", texts("Address"), .url,
            hint: texts("Where requests are sent, such as https://shop.example.com/hook."),
            isRequired: true),
          FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
        ]),
      FormSection(texts("What it is told"), [try await events(page)]),
      FormSection(texts("Requests"), requests(hook, page) + [try await category(page)]),
      CommonFields.publishing(page, hasDates: false),
    ]
  }

  private static func events(_ page: PageRequest) async throws -> FormField {
    let texts = page.texts
    let triggers = try await page.get("hooks/triggers")["triggers"]?.asObject?.members ?? []
    return ListFields.boxes(
      "triggers", texts("Events"),
      triggers.map { trigger in
        .init(
          value: trigger.key, label: texts(trigger.value["label"]?.text ?? trigger.key),
          hint: texts(trigger.value["description"]?.text ?? ""))
      }, hint: texts("Each ticked event sends a request when it happens."), page)
  }

  private static func requests(_ hook: JSONValue?, _ page: PageRequest) -> [FormField] {
    let texts = page.texts
    var fields = [
      FormField(
        "batchSize", texts("Events in one request"), .number,
        hint: texts("At most; more than one makes fewer requests when much happens."),
        isRequired: true, initial: 1),
      FormField(
        "eventsOrderbyDir", texts("Order within a request"),
        .choice([
          .init("", texts("Oldest first")), .init("DESC", texts("Newest first")),
        ])),
    ]
    if hook == nil {
      fields.append(
        FormField(
          "secret", texts("Secret"),
          hint: texts("Signs requests. Empty: one is made and shown to you once.")))
    }
    return fields
  }

  private static func category(_ page: PageRequest) async throws -> FormField {
    try await CommonFields.category("webhook", page)
  }
}
