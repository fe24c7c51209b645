import API

/// The pages of custom fields of contacts and of companies.
enum FieldPages {
  static let contacts = kind("fields", api: "fields/contact")
  static let companies = kind("fields/company", api: "fields/company")

  /// The groups of fields, with names in English.
  static let groups: [(name: String, label: String)] = [
    ("core", "Core"), ("social", "Social"), ("personal", "Personal"),
    ("professional", "Professional"),
  ]

  private static func kind(_ path: String, api: String) -> RecordPages {
    var kind = RecordPages(
      path, member: "field", list: "fields", area: .fields,
      nouns: .init(
        one: "Custom field", many: "Custom fields", none: "No custom fields yet",
        meaning: "Fields hold what is known of a contact or a company.", new: "New field"),
      columns: { _ in [] },
      fields: { field, page in FieldForm.sections(field, page) })
    kind.api = api
    kind.isPublishable = false
    kind.isClonable = false
    kind.isDeletable = { $0["isFixed"]?.truth != true }
    kind.prepare = { members, page in try await FieldForm.prepare(&members, api, page) }
    return kind
  }

  static var routes: [ConsoleRoute] { routes(contacts) + routes(companies) }

  private static func routes(_ kind: RecordPages) -> [ConsoleRoute] {
    let own = [kind.path, "\(kind.path)/new", "\(kind.path)/batch"].map { "/\($0)" }
    return kind.routes.filter { route in
      !(own.contains(route.path) && (route.method == .get || route.path.hasSuffix("/batch")))
        && !route.path.hasSuffix("/clone") && !route.path.hasSuffix("/publish")
    } + [
      .get("/\(kind.path)", needs: .on(.fields, .view)) { page in
        .page(try await FieldList(kind: kind, page: page)())
      },
      .get("/\(kind.path)/new", needs: .on(.fields, .create)) { page in
        guard page.query("type") == nil else { return try await RecordForm(kind: kind).new(page) }
        return .page(FieldForm.types(kind, page))
      },
      .post("/\(kind.path)/order", needs: .on(.fields, .edit)) { page in
        let ids = try await FormBody(page).ids("ids").map(String.init)
        try await FieldList(kind: kind, page: page).order(ids)
        return .redirect(to: kind.path)
      },
      .post("/\(kind.path)/{id}/move", needs: .on(.fields, .edit)) { page in
        try await FieldList(kind: kind, page: page).move()
        return .redirect(to: kind.path)
      },
    ]
  }
}
