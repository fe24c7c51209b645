import API

/// The fields of the form of an action, and what the API is told.
struct ContactBatchForm: Sendable {
  let action: ContactBatchAction
  let page: PageRequest

  /// The fields.
  ///
  /// - Parameter state: The list that the contacts were chosen from.
  func sections(_ state: ContactListState) async throws -> [FormSection] {
    let (texts, choices) = (page.texts, ContactChoices(page))
    switch action {
    case .segments:
      return Self.both(
        try await choices.segments.map { FormField.Choice($0.id, $0.name) },
        texts("Add to"), texts("Remove from"))
    case .campaigns:
      return Self.both(
        try await choices.campaigns ?? [], texts("Add to"), texts("Remove from"))
    case .categories:
      return Self.both(
        try await choices.categories ?? [], texts("Subscribe to"), texts("Unsubscribe from"))
    case .companies:
      return Self.both(try await choices.companies, texts("Add to"), texts("Remove from"))
    case .tags:
      let tags = try await choices.tags ?? []
      let remove = FormField(
        "remove", texts("Remove"), tags.isEmpty ? .text : .choices(tags),
        hint: tags.isEmpty ? texts("Separated by commas.") : "")
      return [
        FormSection(
          "",
          [
            FormField(
              "add", texts("Add"), hint: texts("Separated by commas. New tags are made."),
              isWide: true), remove,
          ])
      ]
    case .owner:
      return [
        FormSection(
          "",
          [
            FormField(
              "value", texts("Owner"), .choice(try await choices.owners),
              hint: texts("Empty: nobody."))
          ])
      ]
    case .stage:
      let stages = try await choices.stages ?? []
      return [
        FormSection(
          "",
          [
            FormField(
              "value", texts("Move to"), .choice(stages),
              hint: texts("Contacts move only to stages of the same or a greater weight.")),
            FormField("remove", texts("Take out of"), .choices(stages)),
          ])
      ]
    case .points:
      let operators = [
        ("plus", texts("Add")), ("minus", texts("Take away")), ("times", texts("Multiply by")),
        ("divide", texts("Divide by")),
      ].map { FormField.Choice($0.0, $0.1) }
      return [
        FormSection(
          "",
          [
            FormField("operator", texts("What"), .choice(operators), isRequired: true),
            FormField("points", texts("Number"), .number, isRequired: true),
          ])
      ]
    case .dnc: return doNotContact(choices)
    case .channels: return channels(choices)
    case .export: return try await ContactExport(page: page).sections(state)
    case .delete: return []
    }
  }

  private static func both(
    _ choices: [FormField.Choice], _ add: String, _ remove: String
  ) -> [FormSection] {
    [
      FormSection(
        "",
        [
          FormField("add", add, .choices(choices)), FormField("remove", remove, .choices(choices)),
        ])
    ]
  }

  private func doNotContact(_ choices: ContactChoices) -> [FormSection] {
    let texts = page.texts
    let reasons = [
      ("3", texts("Set by hand")), ("1", texts("Unsubscribed")), ("2", texts("Bounced")),
    ].map { FormField.Choice($0.0, $0.1) }
    return [
      FormSection(
        "",
        [
          FormField("add", texts("Do not contact any more by"), .choices(choices.channels)),
          FormField(
            "remove", texts("Allow again"), .choices(choices.channels),
            hint: texts("Takes away entries of every reason.")),
          FormField("reason", texts("Reason"), .choice(reasons), isRequired: true),
          FormField("comments", texts("Comment"), .longText(rows: 2), isWide: true),
        ])
    ]
  }

  private func channels(_ choices: ContactChoices) -> [FormSection] {
    let texts = page.texts
    let spans = [("DAY", texts("a day")), ("WEEK", texts("a week")), ("MONTH", texts("a month"))]
      .map { FormField.Choice($0.0, $0.1) }
    return [
      FormSection(
        "",
        [
          FormField("add", texts("Subscribe to"), .choices(choices.channels)),
          FormField("remove", texts("Unsubscribe from"), .choices(choices.channels)),
        ]),
      FormSection(
        texts("How often"),
        [
          FormField(
            "channel", texts("Channel"), .choice(choices.channels),
            hint: texts("Empty: the frequency stays as it is.")),
          FormField("preferred", texts("Preferred channel"), .flag),
          FormField("number", texts("At most this many messages"), .number),
          FormField("time", texts("in"), .choice(spans)),
          FormField("pauseFrom", texts("Pause from"), .date),
          FormField("pauseTo", texts("Pause until"), .date),
        ]),
    ]
  }

  /// What the API is told, without whom it is about.
  func members(_ body: FormBody) -> JSONObject {
    var members: JSONObject = ["action": .string(action.rawValue)]
    for name in ["add", "remove"] {
      let chosen = body.members[name]?.commaList.filter { !$0.isEmpty } ?? []
      if !chosen.isEmpty { members[name] = .array(chosen.map(JSONValue.string)) }
    }
    switch action {
    case .owner: members["value"] = .string(body.text("value") ?? "")
    case .stage: if let stage = body.text("value") { members["value"] = .string(stage) }
    case .points:
      members["value"] = [
        "operator": .string(body.text("operator") ?? "plus"),
        "points": body.members["points"]?.integer.map(JSONValue.int)
          ?? body.members["points"] ?? .null,
      ]
    case .dnc:
      members["reason"] = body.members["reason"] ?? .null
      members["comments"] = body.text("comments").map(JSONValue.string) ?? .null
    case .channels: if let rules = Self.rules(body) { members["value"] = rules }
    default: break
    }
    return members
  }

  /// The frequency rule of a channel: what was left empty stays.
  private static func rules(_ body: FormBody) -> JSONValue? {
    guard let channel = body.text("channel") else { return nil }
    var rule = JSONObject()
    let names = [
      ("number", "frequencyNumber"), ("time", "frequencyTime"), ("pauseFrom", "pauseFromDate"),
      ("pauseTo", "pauseToDate"),
    ]
    for (name, member) in names {
      if let text = body.text(name) { rule[member] = .string(text) }
    }
    if body.members["preferred"]?.truth == true { rule["preferredChannel"] = true }
    return .object([channel: .object(rule)])
  }
}
