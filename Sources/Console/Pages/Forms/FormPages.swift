import API

/// The pages of forms: what they ask, what follows, where they stand, and what visitors have sent.
enum FormPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "forms", member: "form", area: .forms,
      nouns: .init(
        one: "Form", many: "Forms", none: "No forms yet",
        meaning:
          "A form on your website turns visitors into contacts, and begins what follows: points, segments, e-mails, campaigns.",
        new: "New form"),
      columns: { page in
        [
          RecordPages.name(page, path: "forms", hasDetails: true),
          Column(page.texts("Fields"), .number) {
            $1.count(.int($0["fields"]?.elements?.count ?? 0))
          },
          Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Kind"), order: "formType", .wide) { form, page in
            page.plain(
              form["formType"]?.text == "campaign"
                ? page.texts("Campaigns") : page.texts("Standalone"))
          },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
          Column(page.texts("Created"), order: "dateAdded") { $1.time($0["dateAdded"]) },
        ]
      },
      fields: { form, page in try await FormSettings.sections(form, page) })
    kind.order = ("dateAdded", "DESC")
    kind.hasDetails = true
    kind.above = { FormTabs.html($0, "edit", $1) }
    kind.prepare = { members, _ in FormSettings.prepare(&members) }
    kind.copied = { FormCopy.prepare(&$0) }
    return kind
  }()

  static var routes: [ConsoleRoute] {
    kind.routes + FormOverview.routes + FormFieldPages.routes + FormActionPages.routes
      + FormEmbedPages.routes + FormResultPages.routes
  }

  /// The form that the path names.
  static func form(_ page: PageRequest) async throws -> JSONValue {
    try await page.get("forms/\(page.id)")["form"] ?? [:]
  }

  /// A page of a form, with its tabs.
  ///
  /// - Parameter tab: The path of the tab that is shown.
  static func page(
    _ form: JSONValue, _ tab: String, _ content: HTML, _ page: PageRequest, actions: HTML = .empty
  ) -> Page {
    Page(
      title: form["name"]?.text ?? page.texts("Form"),
      trail: [.init(text: page.texts("Forms"), path: "forms")],
      actionsHTML: actions + RecordActions(kind: kind).buttons(form, page),
      contentHTML: FormTabs.html(form, tab, page) + content, section: "forms",
      styles: ["forms.css"])
  }
}

/// The tabs of a form.
enum FormTabs {
  static func html(_ form: JSONValue, _ current: String, _ page: PageRequest) -> HTML {
    let (id, texts) = (form["id"]?.text ?? "", page.texts)
    func tab(_ text: String, _ path: String, _ count: Int? = nil) -> Tabs.Tab {
      Tabs.Tab(
        text: text, path: "forms/\(id)" + (path.isEmpty ? "" : "/\(path)"),
        isCurrent: path == current, count: count)
    }
    return Tabs(
      texts("Form"),
      [
        tab(texts("Overview"), ""),
        tab(texts("Fields"), "fields", form["fields"]?.elements?.count ?? 0),
        tab(texts("Actions"), "actions", form["actions"]?.elements?.count ?? 0),
        tab(texts("Results"), "results"), tab(texts("Embed"), "embed"),
        tab(texts("Settings"), "edit"),
      ])(page)
  }
}

/// What a copy of a form has of the form.
enum FormCopy {
  /// Fields and actions become new ones, and parents those of the copy.
  static func prepare(_ members: inout JSONObject) {
    members["cachedHtml"] = nil
    members["fields"] = .array(
      (members["fields"]?.elements ?? []).map { field in
        var copy = field.asObject ?? [:]
        copy["id"] = .string("new\(field["id"]?.text ?? "")")
        if let parent = field["parent"]?["id"]?.text ?? field["parent"]?.text {
          copy["parent"] = .string("new\(parent)")
        }
        return .object(copy)
      })
    members["actions"] = .array(
      (members["actions"]?.elements ?? []).map { action in
        var copy = action.asObject ?? [:]
        copy["id"] = nil
        return .object(copy)
      })
  }
}
