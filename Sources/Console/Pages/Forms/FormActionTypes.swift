import API

/// The types of what follows a submission, with the properties that each has.
struct FormActionType: Sendable {
  /// As the API has it.
  var name: String
  /// In English.
  var label: String

  static let all: [FormActionType] = [
    .init(name: "email.send.lead", label: "Send an e-mail to the contact"),
    .init(name: "email.send.user", label: "Send an e-mail to users"),
    .init(name: "form.email", label: "Send the results by e-mail"),
    .init(name: "lead.changelist", label: "Change segments"),
    .init(name: "lead.changetags", label: "Change tags"),
    .init(name: "lead.pointschange", label: "Change points"),
    .init(name: "lead.scorecontactscompanies", label: "Add to the score of the companies"),
    .init(name: "lead.addutmtags", label: "Record the UTM tags"),
    .init(name: "lead.remove_do_not_contact", label: "Take from “do not contact”"),
    .init(name: "asset.download", label: "Give an asset to download"),
    .init(name: "form.repost", label: "Post the results to another address"),
  ]

  /// The type with a name of the API; for one of a plugin a plain one of that name.
  static func named(_ name: String) -> FormActionType {
    all.first { $0.name == name } ?? FormActionType(name: name, label: name)
  }

  /// The fields of the properties.
  func fields(_ page: PageRequest) async throws -> [FormField] {
    let texts = page.texts
    switch name {
    case "email.send.lead":
      return [email(try await RecordChoices.emails(page), texts)]
    case "email.send.user":
      return [
        email(try await RecordChoices.emails(page), texts),
        FormField(
          "properties[user_id]", texts("Users"),
          .choices(try await RecordChoices.users(page))),
        FormField("properties[to_owner]", texts("Also to the owner of the contact"), .flag),
      ] + addresses(texts)
    case "form.email":
      return [
        FormField(
          "properties[subject]", texts("Subject"), hint: texts("Empty: a subject of ours.")),
        FormField(
          "properties[message]", texts("Message"), .longText(rows: 5),
          hint: texts("{formfield=alias} stands for a value. Empty: all values."), isWide: true),
        FormField("properties[copy_lead]", texts("Also to the contact"), .flag),
        FormField("properties[email_to_owner]", texts("Also to the owner of the contact"), .flag),
      ] + addresses(texts)
    case "lead.changelist":
      let segments = try await RecordChoices.segments(page)
      return [
        FormField("properties[addToLists]", texts("Add to"), .choices(segments)),
        FormField("properties[removeFromLists]", texts("Remove from"), .choices(segments)),
      ]
    case "lead.changetags":
      let tags = try await RecordChoices.of("tags", member: "tag", value: "tag", page)
      return [
        FormField("properties[add_tags]", texts("Add tags"), .choices(tags)),
        FormField("properties[remove_tags]", texts("Remove tags"), .choices(tags)),
      ]
    case "lead.pointschange": return try await points(page)
    case "lead.scorecontactscompanies":
      return [FormField("properties[score]", texts("Score to add"), .number, isRequired: true)]
    case "asset.download":
      return [
        FormField(
          "properties[asset]", texts("Asset"),
          .choice(try await RecordChoices.of("assets", member: "title", page))),
        FormField(
          "properties[category]", texts("Or the newest of the category"),
          .choice(try await RecordChoices.of("categories", member: "title", page))),
      ]
    case "form.repost":
      return [
        FormField("properties[post_url]", texts("Address"), .url, isRequired: true, isWide: true)
      ]
    default: return []
    }
  }

  private func email(_ emails: [FormField.Choice], _ texts: Texts) -> FormField {
    FormField("properties[email]", texts("E-mail"), .choice(emails), isRequired: true)
  }

  private func addresses(_ texts: Texts) -> [FormField] {
    [
      FormField(
        "properties[to]", texts("To"), hint: texts("Addresses, separated by commas.")),
      FormField("properties[cc]", texts("Copy to")),
      FormField("properties[bcc]", texts("Blind copy to")),
    ]
  }

  private func points(_ page: PageRequest) async throws -> [FormField] {
    let texts = page.texts
    return [
      FormField(
        "properties[operator]", texts("Calculation"),
        .choice([
          .init("plus", texts("add")), .init("minus", texts("subtract")),
          .init("times", texts("multiply by")), .init("divide", texts("divide by")),
        ]), isRequired: true, initial: "plus"),
      FormField("properties[points]", texts("Points"), .number, isRequired: true),
      FormField(
        "properties[group]", texts("Group"),
        .choice(try await RecordChoices.pointGroups(page)),
        hint: texts("Empty: the points of the contact.")),
    ]
  }
}
