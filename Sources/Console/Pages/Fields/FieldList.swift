import API

/// The fields of contacts or of companies, in their order.
struct FieldList: Sendable {
  let kind: RecordPages
  let page: PageRequest

  /// The most fields that one call of the API changes.
  private static let batch = 200

  private func fields() async throws -> [JSONValue] {
    let answer = try await page.get(
      kind.api, ["limit": 1000, "orderBy": "order", "orderByDir": "ASC"])
    return answer["fields"]?.elements ?? []
  }

  func callAsFunction() async throws -> Page {
    let fields = try await fields()
    let mayEdit = page.may(.edit, .fields)
    let groups = Dictionary(
      FieldPages.groups.map { ($0.name, page.texts($0.label)) },
      uniquingKeysWith: { first, _ in first })
    let tabs = Tabs(
      page.texts("Fields of"),
      [
        .init(text: page.texts("Contacts"), path: "fields", isCurrent: kind.path == "fields"),
        .init(
          text: page.texts("Companies"), path: "fields/company", isCurrent: kind.path != "fields"),
      ])(page)
    let list = Self.template(
      [
        "base": "/console/\(kind.path)", "token": page.token, "mayEdit": mayEdit,
        "fields": fields.enumerated().map { place, field -> [String: Any] in
          let group = field["group"]?.text ?? ""
          return [
            "id": field["id"]?.text ?? "", "label": field["label"]?.text ?? "",
            "alias": field["alias"]?.text ?? "",
            "type": FieldTypeChoice.label(field["type"]?.text ?? "", page),
            "group": groups[group] ?? group, "marks": marks(field),
            "isFirst": place == 0, "isLast": place == fields.count - 1,
          ]
        },
      ], page.texts)
    return Page(
      title: page.texts("Custom fields"),
      actionsHTML: page.may(.create, .fields)
        ? Self.button(["href": "/console/\(kind.path)/new"], page.texts) : .empty,
      contentHTML: tabs + list, section: "fields", scripts: ["form-editor.js"],
      styles: ["forms.css"])
  }

  /// What is particular about a field.
  private func marks(_ field: JSONValue) -> [[String: Any]] {
    let known: [(member: String, text: String)] = [
      ("isRequired", "required"), ("isUniqueIdentifier", "identifies"),
      ("isPubliclyUpdatable", "visitors may change it"),
    ]
    var marks = known.filter { field[$0.member]?.truth == true }.map { page.texts($0.text) }
    if field["isPublished"]?.truth == false { marks.append(page.texts("not in use")) }
    return marks.map { ["text": $0] }
  }

  private static let button = Template(
    #"<a class="button primary" href="{{href}}">[icon:plus][[New field]]</a>"#)

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[In the order in which they are shown]]</h2>{{#mayEdit}}<span class="sub" data-editor-hint hidden>[[Drag to change the order]]</span>{{/mayEdit}}</header><ol class="list form-fields"{{#mayEdit}} data-order="{{base}}/order"{{/mayEdit}} data-saved="[[The order is saved.]]">{{#fields}}
    <li data-id="{{id}}">{{#mayEdit}}<span class="handle" data-handle title="[[Drag to change the order]]" hidden>[icon:drag]</span>{{/mayEdit}}
    <a class="grow" href="{{base}}/{{id}}/edit"><strong>{{label}}</strong>{{#marks}} <span class="badge">{{text}}</span>{{/marks}}<span class="sub">{{type}} · {{alias}} · {{group}}</span></a>
    {{#mayEdit}}<form class="form-field-tools" method="post" action="{{base}}/{{id}}/move"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain" name="step" value="-1" aria-label="[[Move {{label}} up]]"{{#isFirst}} disabled{{/isFirst}}>[icon:chevron-up]</button><button class="button icon small plain" name="step" value="1" aria-label="[[Move {{label}} down]]"{{#isLast}} disabled{{/isLast}}>[icon:chevron-down]</button></form>{{/mayEdit}}</li>{{/fields}}</ol></section>
    """#)

  // MARK: The order

  func move() async throws {
    let step = try await FormBody(page).text("step") == "-1" ? -1 : 1
    let id = String(try page.id)
    var ids = try await fields().compactMap { $0["id"]?.text }
    guard let place = ids.firstIndex(of: id) else { throw APIError.notFound }
    if ids.indices.contains(place + step) { ids.swapAt(place, place + step) }
    try await order(ids)
  }

  /// Puts the fields into an order; those that are not named come last, as they were.
  func order(_ ids: [String]) async throws {
    let fields = try await fields()
    let known = fields.compactMap { $0["id"]?.text }
    let places = Dictionary(
      fields.map { ($0["id"]?.text ?? "", $0["order"]?.integer ?? 0) },
      uniquingKeysWith: { first, _ in first })
    let wanted = ids.filter(known.contains) + known.filter { !ids.contains($0) }
    let changes = wanted.enumerated().compactMap { place, id -> JSONValue? in
      guard places[id] != place + 1 else { return nil }
      return ["id": .string(id), "order": .int(place + 1)]
    }
    for start in stride(from: 0, to: changes.count, by: Self.batch) {
      let part = changes[start..<min(start + Self.batch, changes.count)]
      try await page.send(.patch, "\(kind.api)/batch/edit", .array(Array(part)))
    }
  }
}
