import API

/// The fields of a form: what it asks, in which order.
enum FormFieldPages {
  static var routes: [ConsoleRoute] {
    let path = "/forms/{id}/fields"
    return [
      .get(path, needs: .on(.forms, .view)) { .page(try await list($0)) },
      .get("\(path)/new", needs: .on(.forms, .edit)) { try await FormFieldForm.new($0) },
      .post("\(path)/new", needs: .on(.forms, .edit)) { try await FormFieldForm.create($0) },
      .get("\(path)/{field}", needs: .on(.forms, .view)) { try await FormFieldForm.edit($0) },
      .post("\(path)/{field}", needs: .on(.forms, .edit)) { try await FormFieldForm.update($0) },
      .post("\(path)/{field}/move", needs: .on(.forms, .edit)) { try await move($0) },
      .post("\(path)/{field}/copy", needs: .on(.forms, .edit)) { try await copy($0) },
      .post("\(path)/{field}/delete", needs: .on(.forms, .edit)) { try await delete($0) },
      .post("\(path)/order", needs: .on(.forms, .edit)) { page in
        try await order(FormBody(page).ids("ids").map(String.init), page)
      },
    ]
  }

  /// The id of a field in the path.
  static func fieldID(_ page: PageRequest) throws -> String { try page.request.pathText("field") }

  /// The fields of a form, in their order.
  static func fields(_ form: JSONValue) -> [JSONValue] { form["fields"]?.elements ?? [] }

  // MARK: The list

  private static func list(_ page: PageRequest) async throws -> Page {
    let form = try await FormPages.form(page)
    let fields = fields(form)
    let mayEdit = page.may(.edit, .forms)
    let id = form["id"]?.text ?? ""
    let names = Dictionary(
      fields.map { ($0["id"]?.text ?? "", $0["label"]?.text ?? "") },
      uniquingKeysWith: { first, _ in first })
    let content = template(
      [
        "base": "/console/forms/\(id)/fields", "token": page.token, "mayEdit": mayEdit,
        "fields": fields.enumerated().map { place, field -> [String: Any] in
          let type = FormFieldType.named(field["type"]?.text ?? "")
          let parent = field["parent"]?["id"]?.text ?? field["parent"]?.text ?? ""
          return [
            "id": field["id"]?.text ?? "", "label": field["label"]?.text ?? "",
            "alias": field["alias"]?.text ?? "", "type": page.texts(type.label),
            "isRequired": field["isRequired"]?.truth == true,
            "mapping": mapping(field), "parent": names[parent] ?? "",
            "isFirst": place == 0, "isLast": place == fields.count - 1,
          ]
        },
        "emptyHTML": fields.isEmpty
          ? EmptyState(
            title: page.texts("No fields yet"),
            text: page.texts(
              "A form asks at least for an e-mail address, and has a button to send."),
            icon: "forms")(page) : HTML.empty,
        "groups": palette(page), "hasFields": !fields.isEmpty,
        "preview": "/console/forms/\(id)/preview",
      ], page.texts)
    var shown = FormPages.page(form, "fields", content, page)
    shown.scripts = ["form-editor.js"]
    return shown
  }

  /// The field of contacts or companies that a field fills in.
  private static func mapping(_ field: JSONValue) -> String {
    guard let name = field["mappedField"]?.text, !name.isEmpty else { return "" }
    return "\(field["mappedObject"]?.text ?? "contact").\(name)"
  }

  private static func palette(_ page: PageRequest) -> [[String: Any]] {
    var groups: [(name: String, types: [FormFieldType])] = []
    for type in FormFieldType.all {
      if groups.last?.name == type.group {
        groups[groups.count - 1].types.append(type)
      } else {
        groups.append((type.group, [type]))
      }
    }
    return groups.map { group in
      [
        "heading": page.texts(group.name),
        "types": group.types.map { ["name": $0.name, "label": page.texts($0.label)] },
      ]
    }
  }

  private static let template = Template(
    #"""
    <div class="split form-editor"><div><section class="panel"><header class="panel-head"><h2>[[Fields]]</h2>{{#hasFields}}{{#mayEdit}}<span class="sub" data-editor-hint hidden>[[Drag to change the order]]</span>{{/mayEdit}}{{/hasFields}}</header>
    {{{emptyHTML}}}<ol class="list form-fields"{{#mayEdit}} data-order="{{base}}/order"{{/mayEdit}} data-saved="[[The order is saved.]]">{{#fields}}
    <li data-id="{{id}}">{{#mayEdit}}<span class="handle" data-handle title="[[Drag to change the order]]" hidden>[icon:drag]</span>{{/mayEdit}}
    <a class="grow" href="{{base}}/{{id}}"><strong>{{label}}</strong>{{#isRequired}} <span class="badge accent">[[required]]</span>{{/isRequired}}<span class="sub">{{type}} · {{alias}}{{#mapping}} · → {{mapping}}{{/mapping}}{{#parent}} · [[depends on {{parent}}]]{{/parent}}</span></a>
    {{#mayEdit}}<div class="row form-field-tools">
    <form method="post" action="{{base}}/{{id}}/move"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain" name="step" value="-1" aria-label="[[Move {{label}} up]]"{{#isFirst}} disabled{{/isFirst}}>[icon:chevron-up]</button><button class="button icon small plain" name="step" value="1" aria-label="[[Move {{label}} down]]"{{#isLast}} disabled{{/isLast}}>[icon:chevron-down]</button></form>
    <form method="post" action="{{base}}/{{id}}/copy"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain" aria-label="[[Copy {{label}}]]">[icon:copy]</button></form>
    <form method="post" action="{{base}}/{{id}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button icon small plain danger" aria-label="[[Delete {{label}}]]" data-confirm="[[Delete this field? Its values stay with the submissions.]]">[icon:trash]</button></form></div>{{/mayEdit}}</li>{{/fields}}</ol></section>
    {{#mayEdit}}<section class="panel"><header class="panel-head"><h2>[[Add a field]]</h2></header><div class="panel-body stack">{{#groups}}<div class="stack tight"><h3 class="label">{{heading}}</h3><div class="row">{{#types}}<a class="button small" href="{{base}}/new?type={{name}}">[icon:plus]{{label}}</a>{{/types}}</div></div>{{/groups}}</div></section>{{/mayEdit}}</div>
    <aside><section class="panel"><header class="panel-head"><h2>[[Preview]]</h2></header><div class="panel-body"><iframe class="preview" src="{{preview}}" sandbox title="[[Preview of the form]]" loading="lazy"></iframe></div></section></aside></div>
    """#)

  // MARK: What is done with fields

  private static func move(_ page: PageRequest) async throws -> PageAnswer {
    let step = try await FormBody(page).text("step") == "-1" ? -1 : 1
    let field = try fieldID(page)
    var ids = fields(try await FormPages.form(page)).compactMap { $0["id"]?.text }
    guard let place = ids.firstIndex(of: field) else { throw APIError.notFound }
    if ids.indices.contains(place + step) { ids.swapAt(place, place + step) }
    return try await order(ids, page)
  }

  /// Puts the fields into an order; of fields that are not named all stay where they are.
  private static func order(_ ids: [String], _ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let known = fields(try await FormPages.form(page)).compactMap { $0["id"]?.text }
    let wanted = ids.filter(known.contains) + known.filter { !ids.contains($0) }
    try await page.send(
      .patch, "forms/\(id)/edit",
      [
        "fields": .array(
          wanted.enumerated().map { place, field in
            ["id": .string(field), "order": .int(place + 1)]
          })
      ])
    return .redirect(to: "forms/\(id)/fields")
  }

  /// The fields of a form with a new one at its place, as the API is sent them.
  ///
  /// - Parameter field: The id of the one that it follows; nil for the end, before the button that sends.
  static func placed(
    _ new: JSONObject, in form: JSONValue, behind field: String? = nil
  ) -> [JSONValue] {
    let fields = fields(form)
    var place = fields.count
    if let field, let before = fields.firstIndex(where: { $0["id"]?.text == field }) {
      place = before + 1
    } else if new["type"]?.text != "button", fields.last?["type"]?.text == "button" {
      place -= 1
    }
    var all = fields.map { ["id": $0["id"] ?? .null] as JSONObject }
    all.insert(new, at: place)
    return all.enumerated().map { place, field in
      var field = field
      field["order"] = .int(place + 1)
      return .object(field)
    }
  }

  private static func copy(_ page: PageRequest) async throws -> PageAnswer {
    let (id, field) = (try page.id, try fieldID(page))
    guard
      var copy = fields(try await FormPages.form(page)).first(where: { $0["id"]?.text == field })?
        .asObject
    else { throw APIError.notFound }
    copy["id"] = "new1"
    copy["alias"] = nil
    copy["parent"] = copy["parent"]?["id"] ?? copy["parent"]
    copy["label"] = .string(page.texts("Copy of {name}", ["name": copy["label"]?.text ?? ""]))
    let form = try await FormPages.form(page)
    try await page.send(
      .patch, "forms/\(id)/edit", ["fields": .array(placed(copy, in: form, behind: field))])
    return .redirect(to: "forms/\(id)/fields", message: page.texts("Copied."))
  }

  private static func delete(_ page: PageRequest) async throws -> PageAnswer {
    let (id, field) = (try page.id, try fieldID(page))
    try await page.send(
      .delete, "forms/\(id)/fields/delete", query: ["fields": [.string(field)]])
    return .redirect(to: "forms/\(id)/fields", message: page.texts("Deleted."))
  }
}
