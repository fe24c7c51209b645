import API

/// The pages of point actions: what contacts do and how many points it is worth.
enum PointActionPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "points", member: "point", area: .points,
      nouns: .init(
        one: "Point action", many: "Point actions", none: "No point actions yet",
        meaning:
          "A point action gives points when a contact does something: opens an e-mail, visits a page, sends a form.",
        new: "New point action"),
      columns: { page in
        [
          RecordPages.name(page, path: "points"),
          Column(page.texts("When a contact"), order: "type") { action, page in
            page.plain(label(action["type"]?.text ?? "", page))
          },
          Column(page.texts("Points"), order: "delta", .number) { $1.count($0["delta"]) },
          Column(page.texts("Group"), .wide) { $1.plain($0["group"]?["name"]?.text) },
          Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
        ]
      },
      fields: { action, page in try await sections(action, page) })
    kind.order = ("name", "ASC")
    kind.copied = { members in
      if let group = members["group"]?["id"] { members["group"] = group }
    }
    return kind
  }()

  static var routes: [ConsoleRoute] {
    kind.routes.filter { $0.path != "/points/new" || $0.method != .get } + [
      .get("/points/new", needs: .on(.points, .create)) { page in
        guard page.query("type") == nil else { return try await RecordForm(kind: kind).new(page) }
        return .page(try await choice(page))
      }
    ]
  }

  /// The types, with names in English for what a contact does.
  private static let labels: KeyValuePairs<String, String> = [
    "email.open": "Opens an e-mail", "email.send": "Is sent an e-mail",
    "form.submit": "Sends a form", "page.hit": "Visits a landing page",
    "url.hit": "Visits an address", "asset.download": "Downloads an asset",
    "event.track": "Does something in an app",
  ]

  private static func label(_ type: String, _ page: PageRequest) -> String {
    labels.first { $0.key == type }.map { page.texts($0.value) } ?? type
  }

  // MARK: Choosing a type

  private static func choice(_ page: PageRequest) async throws -> Page {
    let answer = try await page.get("points/actions/types")
    let types = answer["pointActionTypes"]?.asObject?.keys ?? []
    return Page(
      title: page.texts("New point action"),
      trail: [.init(text: page.texts("Point actions"), path: "points")],
      contentHTML: Panel(page.texts("Points are given when a contact"))(
        choiceTemplate(
          ["types": types.map { ["name": $0, "label": label($0, page)] }], page.texts), page),
      section: "points", width: .narrow)
  }

  private static let choiceTemplate = Template(
    #"""
    <div class="cards">{{#types}}<a class="card" href="/console/points/new?type={{name}}"><strong>{{label}}</strong></a>{{/types}}</div>
    """#)

  // MARK: The form

  private static func sections(
    _ action: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    let type = action?["type"]?.text ?? page.query("type") ?? ""
    let own = try await properties(type, page)
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          FormField(
            "type", texts("When a contact"), .choice([.init(type, label(type, page))]),
            isRequired: true),
          FormField(
            "delta", texts("Points"), .number,
            hint: texts("A number below 0 takes points away."), isRequired: true),
          FormField(
            "group", texts("Group"), .choice(try await RecordChoices.pointGroups(page)),
            hint: texts("Empty: the points of the contact.")),
          FormField(
            "repeatable", texts("Each time"), .flag,
            hint: texts("Otherwise once for each contact, for ever.")),
          try await CommonFields.category("point", page),
          FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
        ]), FormSection(label(type, page), own), CommonFields.publishing(page),
    ]
  }

  /// The fields of the properties of a type.
  private static func properties(
    _ type: String, _ page: PageRequest
  ) async throws -> [FormField] {
    let texts = page.texts
    let any = texts("None chosen: any.")
    switch type {
    case "email.open", "email.send":
      let emails = FormField(
        "properties[emails]", texts("E-mails"), .choices(try await RecordChoices.emails(page)),
        hint: any)
      guard type == "email.open" else { return [emails] }
      return [
        emails,
        FormField(
          "properties[byPerson]", texts("Only by a person"), .flag,
          hint: texts("Openings that programs make do not count.")),
      ]
    case "form.submit":
      return [
        FormField(
          "properties[forms]", texts("Forms"), .choices(try await RecordChoices.of("forms", page)),
          hint: any)
      ]
    case "page.hit":
      return [
        FormField(
          "properties[pages]", texts("Landing pages"),
          .choices(try await RecordChoices.of("pages", member: "title", page)), hint: any)
      ]
    case "asset.download":
      return [
        FormField(
          "properties[assets]", texts("Assets"),
          .choices(try await RecordChoices.of("assets", member: "title", page)), hint: any)
      ]
    case "event.track":
      return [
        FormField(
          "properties[event]", texts("Name of the event"),
          hint: texts("A star stands for any characters."), isRequired: true)
      ]
    case "url.hit": return addresses(texts)
    default: return []
    }
  }

  private static func addresses(_ texts: Texts) -> [FormField] {
    [
      FormField(
        "properties[page_url]", texts("Address"),
        hint: texts("The whole address; a star stands for any characters."), isRequired: true,
        isWide: true),
      FormField("properties[first_time]", texts("Only the first visit"), .flag),
      FormField("properties[page_hits]", texts("After so many visits"), .number),
      FormField(
        "properties[accumulative_time]", texts("After so many seconds there in all"), .number),
      FormField(
        "properties[returns_within]", texts("Comes back within so many seconds"), .number),
      FormField(
        "properties[returns_after]", texts("Comes back after so many seconds"), .number),
    ]
  }
}
