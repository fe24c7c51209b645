import API

/// What is done with all rows of an import, and how its values are written.
struct MappingOptions: Sendable {
  let page: PageRequest
  let figures: ImportFigures
  /// What a refused form has sent; empty for none.
  let sent: FormValues

  func callAsFunction() async throws -> HTML {
    let values = sent.problem == nil ? stored : sent
    let sections = try await sections()
    return sections.map { section in
      let fields = FormView(page: page, sections: [FormSection("", section.fields)], values: values)
      return Panel(section.heading)(Self.single(["fieldsHTML": fields()], page.texts), page)
    }.joined()
  }

  private static let single = Template(#"<div class="one-column">{{{fieldsHTML}}}</div>"#)

  /// The options as they are stored.
  private var stored: FormValues {
    let properties = figures.item["properties"]
    let (defaults, parser) = (properties?["defaults"], properties?["parser"])
    let tags = (defaults?["tags"]?.elements ?? []).compactMap(\.text)
    return FormValues([
      "list": defaults?["list"] ?? .null, "owner": defaults?["owner"] ?? .null,
      "stage": defaults?["stage"] ?? .null, "tags": .string(tags.joined(separator: ", ")),
      "skipIfExists": defaults?["skip_if_exists"] ?? false,
      "allowDuplicates": properties?["allowDuplicates"] ?? false,
      "dateOrder": parser?["dateOrder"] ?? .null, "decimalMark": parser?["decimalMark"] ?? .null,
      "tagSeparator": parser?["tagSeparator"] ?? .null,
      "priority": figures.item["priority"] ?? .null,
    ])
  }

  private func sections() async throws -> [FormSection] {
    let texts = page.texts
    var all: [FormField] = []
    if !figures.isOfCompanies {
      all += [
        FormField(
          "list", texts("Add to segment"), .choice(try await ImportChoices.segments(page))),
        FormField(
          "tags", texts("Add tags"),
          hint: texts("With commas between them; -tag takes one away.")),
        FormField("stage", texts("Stage"), .choice(try await ImportChoices.stages(page))),
      ]
    }
    all.append(FormField("owner", texts("Owner"), .choice(try await ImportChoices.owners(page))))
    let known: [FormField] = [
      FormField(
        "skipIfExists", texts("Keep values that are there"), .flag,
        hint: texts("Known records get only what they do not have yet."), initial: false),
      FormField(
        "allowDuplicates", texts("Start without an identifier"), .flag,
        hint: texts("Every row then makes a new record."), initial: false),
    ]
    var written: [FormField] = [
      FormField(
        "dateOrder", texts("Order of dates"),
        .choice([
          .init("", texts("Find out")), .init("dmy", texts("14.03.1988, day first")),
          .init("mdy", texts("03/14/1988, month first")),
          .init("ymd", texts("1988-03-14, year first")),
        ])),
      FormField(
        "decimalMark", texts("Decimal mark"),
        .choice([
          .init("", texts("Find out")), .init(".", texts("Point")), .init(",", texts("Comma")),
        ])),
    ]
    if !figures.isOfCompanies {
      written.append(
        FormField("tagSeparator", texts("Between tags"), hint: texts("Empty: the sign |.")))
    }
    written.append(
      FormField(
        "priority", texts("Priority"),
        .choice([
          .init("1", texts("High")), .init("64", texts("Normal")), .init("512", texts("Low")),
        ])))
    return [
      FormSection(texts("For all rows"), all), FormSection(texts("Known records"), known),
      FormSection(texts("How values are written"), written),
    ]
  }
}

/// Records that options of imports and exports choose from.
enum ImportChoices {
  static func segments(_ page: PageRequest) async throws -> [FormField.Choice] {
    let answer = try await page.optional(
      "segments", ["limit": 1000, "orderBy": "name", "orderByDir": "ASC"])
    return choices(answer?["lists"]) { $0["name"]?.text }
  }

  /// Stages by name, as imports know them.
  static func stages(_ page: PageRequest) async throws -> [FormField.Choice] {
    let answer = try await page.optional("stages", ["limit": 1000, "orderBy": "weight"])
    return (answer?["stages"]?.elements ?? []).compactMap { $0["name"]?.text }
      .map { FormField.Choice($0, $0) }
  }

  static func owners(_ page: PageRequest) async throws -> [FormField.Choice] {
    choices(try await page.optional("contacts/list/owners")) { owner in
      let name = [owner["firstName"]?.text, owner["lastName"]?.text].compactMap(\.self)
        .filter { !$0.isEmpty }.joined(separator: " ")
      return name.isEmpty ? page.texts("User {id}", ["id": owner["id"]?.text ?? ""]) : name
    }
  }

  private static func choices(
    _ records: JSONValue?, _ label: (JSONValue) -> String?
  ) -> [FormField.Choice] {
    (records?.elements ?? []).map { FormField.Choice($0["id"]?.text ?? "", label($0) ?? "") }
  }
}
