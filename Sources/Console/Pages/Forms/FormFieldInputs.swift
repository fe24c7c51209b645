import API

/// The inputs of the page of one field, as its type demands.
struct FormFieldInputs: Sendable {
  let page: PageRequest
  let form: JSONValue
  let field: JSONValue?
  let type: FormFieldType

  private var texts: Texts { page.texts }

  func sections() async throws -> [FormSection] {
    var sections = [FormSection("", main)]
    if type.hasOptions { sections.append(options) }
    if type.isInput {
      sections.append(
        FormSection(texts("Checks"), checks))
      sections.append(FormSection(texts("Contact"), try await contact()))
    }
    if type.name != "button", let condition { sections.append(condition) }
    if type.isInput, !["captcha", "hidden"].contains(type.name) { sections.append(profiling) }
    sections.append(attributes)
    return sections
  }

  private var main: [FormField] {
    var fields = [
      FormField(
        "label", texts("Label"), isRequired: true,
        initial: type.name == "button" ? .string(texts("Send")) : .null)
    ]
    if type.isInput {
      fields.append(
        FormField(
          "alias", texts("Alias"),
          hint: texts("The name of the value in results and in code. Empty: made of the label.")))
    }
    switch type.name {
    case "freetext":
      fields.append(FormField("properties[text]", texts("Text"), .longText(rows: 5), isWide: true))
    case "freehtml":
      fields.append(FormField("properties[text]", texts("HTML"), .code(rows: 8), isWide: true))
    case "pagebreak":
      fields += [
        FormField("properties[next_page_label]", texts("Text of “next”")),
        FormField("properties[prev_page_label]", texts("Text of “back”")),
      ]
    case "button":
      fields.append(
        FormField(
          "properties[type]", texts("What it does"),
          .choice([
            .init("submit", texts("sends the form")), .init("reset", texts("empties the form")),
          ]),
          isRequired: true, initial: "submit"))
    case "captcha":
      fields += [
        FormField(
          "properties[captcha]", texts("Answer"),
          hint: texts(
            "The label is the question. Without an answer the field is a trap that people do not see."
          )),
        FormField("properties[errorMessage]", texts("Message for a wrong answer")),
      ]
    default:
      fields.append(FormField("helpMessage", texts("Help beside it")))
      if !type.hasOptions || type.name == "select" {
        fields.append(FormField("properties[placeholder]", texts("Placeholder")))
      }
      if type.name != "file" { fields.append(FormField("defaultValue", texts("Value at first"))) }
    }
    if type.isInput || type.name == "freetext" {
      fields.append(FormField("showLabel", texts("Show the label"), .flag, initial: true))
    }
    return fields
  }

  private var options: FormSection {
    var fields = [
      FormField(
        "options", texts("Values"), .longText(rows: 6),
        hint: texts("One a line; where value and text differ: value|text."), isWide: true),
      FormField(
        "properties[syncList]", texts("Offer the values of the contact field instead"), .flag),
    ]
    if type.name == "select" {
      fields.append(FormField("properties[multiple]", texts("Several may be chosen"), .flag))
    }
    return FormSection(texts("Values to choose from"), fields)
  }

  private var checks: [FormField] {
    var fields = [
      FormField("isRequired", texts("Required"), .flag),
      FormField(
        "validationMessage", texts("Message for a missing or wrong value"),
        hint: texts("Empty: a message of ours.")),
    ]
    switch type.name {
    case "email":
      fields += [
        FormField(
          "validation[donotsubmit]", texts("Refused addresses"), .longText(rows: 3),
          hint: texts("Domains or patterns such as *@example.com, separated by commas.")),
        FormField("validation[donotsubmit_validationmsg]", texts("Message for refused addresses")),
      ]
    case "tel":
      fields += [
        FormField("validation[international]", texts("Only international numbers"), .flag),
        FormField(
          "validation[international_validationmsg]", texts("Message for other numbers")),
      ]
    case "file":
      fields += [
        FormField(
          "properties[allowed_file_extensions]", texts("Kinds of files"),
          hint: texts(
            "Ends of names such as pdf, docx, separated by commas. Empty: documents, pictures and sound."
          )),
        FormField(
          "properties[allowed_file_size]", texts("Greatest size in MB"), .number,
          hint: texts("Empty: 6. At most 100.")),
      ]
    default: break
    }
    return fields
  }

  private func contact() async throws -> [FormField] {
    guard type.name != "captcha" else {
      return [FormField("saveResult", texts("Keep the value with the submission"), .flag)]
    }
    var choices: [FormField.Choice] = []
    for (object, heading) in [("contact", texts("Contact")), ("company", texts("Company"))] {
      let answer = try await page.optional("fields/\(object)", ["limit": 1000])
      choices += (answer?["fields"]?.elements ?? []).map {
        FormField.Choice(
          "\(object):\($0["alias"]?.text ?? "")", $0["label"]?.text ?? "", group: heading)
      }
    }
    // Who may not see fields keeps what is chosen.
    if let field, let name = field["mappedField"]?.text {
      let value = "\(field["mappedObject"]?.text ?? "contact"):\(name)"
      if !choices.contains(where: { $0.value == value }) { choices.append(.init(value, name)) }
    }
    return [
      FormField(
        "mapping", texts("Fills in"), .choice(choices),
        hint: texts("The field of the contact or its company that the value is written to."),
        initial: type.name == "email" ? "contact:email" : .null),
      FormField("saveResult", texts("Keep the value with the submission"), .flag, initial: true),
      FormField("isAutoFill", texts("Fill in what is known of the contact"), .flag),
    ]
  }

  /// Shown only with some values of another field; nothing where there is no other.
  private var condition: FormSection? {
    let others = FormFieldPages.fields(form).filter { other in
      other["id"]?.text != field?["id"]?.text
        && FormFieldType.named(other["type"]?.text ?? "").isInput
    }
    guard !others.isEmpty else { return nil }
    return FormSection(
      texts("Show only when"),
      [
        FormField(
          "parent", texts("Field"),
          .choice(others.map { .init($0["id"]?.text ?? "", $0["label"]?.text ?? "") }),
          hint: texts("Empty: always shown.")),
        FormField(
          "conditions[expr]", texts("Comparison"),
          .choice([
            .init("in", texts("is one of the values")),
            .init("notIn", texts("is none of the values")),
          ]), isRequired: true, initial: "in"),
        FormField(
          "conditionValues", texts("Values"), .longText(rows: 3), hint: texts("One a line."),
          isWide: true),
        FormField("conditions[any]", texts("Any value counts"), .flag),
      ])
  }

  private var profiling: FormSection {
    FormSection(
      texts("Progressive questions"),
      [
        FormField(
          "showWhenValueExists", texts("Show although the value is known"), .flag, initial: true),
        FormField("alwaysDisplay", texts("Show whatever the limit of the form is"), .flag),
        FormField(
          "showAfterXSubmissions", texts("Show after so many submissions"), .number,
          hint: texts("Of the same contact. Empty: from the first.")),
      ])
  }

  private var attributes: FormSection {
    FormSection(
      texts("Attributes in HTML"),
      [
        FormField("containerAttributes", texts("Of the row")),
        FormField("labelAttributes", texts("Of the label")),
        FormField("inputAttributes", texts("Of the input")),
      ])
  }
}
