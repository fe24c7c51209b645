import API

/// The tab with the notes on a contact, and the form for a new one.
struct NotesTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  /// Notes of a page.
  static let limit = 30

  /// What a note is of: its value in the contract, its name and its icon.
  static let types: [(value: String, name: String, icon: String)] = [
    ("general", "Note", "note"), ("email", "E-mail", "emails"), ("call", "Call", "phone"),
    ("meeting", "Meeting", "calendar"),
  ]

  func callAsFunction() async throws -> HTML {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await page.get(
      "contacts/\(contact.id)/notes", ["limit": .int(Self.limit), "start": .int(start)])
    let notes = answer["notes"]?.elements ?? []
    let list =
      notes.isEmpty
      ? EmptyState(
        title: page.texts("No notes yet"),
        text: page.texts("What was said in a call or a meeting, and what to think of next time."),
        icon: "note")(page)
      : shown(notes)
        + Pager(page: page, start: start, limit: Self.limit, total: answer["total"]?.integer ?? 0)()
    return form + Panel(page.texts("Notes"), isPadded: false)(list, page)
  }

  private static let formTemplate = Template(
    #"""
    <form method="post" action="{{action}}" data-keep><input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}<div class="form-actions"><button class="button primary">[[Add note]]</button></div></form>
    """#)

  private var form: HTML {
    guard contact.allows(.edit, page) else { return .empty }
    let fields = FormView(
      page: page, sections: [FormSection("", Self.fields(page))],
      values: FormValues(["type": "general"]))
    return Panel(page.texts("New note"))(
      Self.formTemplate(
        ["action": "\(contact.path)/notes", "token": page.token, "fieldsHTML": fields()],
        page.texts), page)
  }

  /// The fields of a note.
  static func fields(_ page: PageRequest) -> [FormField] {
    [
      FormField(
        "text", page.texts("Text"), .longText(rows: 4), isRequired: true, isWide: true),
      FormField(
        "type", page.texts("Type"),
        .choice(types.map { FormField.Choice($0.value, page.texts($0.name)) }), isRequired: true,
        initial: "general"),
      FormField(
        "dateTime", page.texts("Date and time"), .moment,
        hint: page.texts("When it was, or is to be.")),
    ]
  }

  private static let list = Template(
    #"""
    <ol class="list notes">{{#notes}}<li><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><div class="grow"><span class="sub">{{type}}{{#time}} · {{time}}{{/time}}</span><p class="note-text">{{text}}</p></div>{{#mayEdit}}<a class="button plain icon small" href="{{path}}/edit" aria-label="[[Edit the note]]" title="[[Edit]]">[icon:edit]</a><form method="post" action="{{path}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button plain icon small" aria-label="[[Delete the note]]" title="[[Delete]]" data-confirm="[[Delete this note for good?]]">[icon:trash]</button></form>{{/mayEdit}}</li>{{/notes}}</ol>
    """#)

  private func shown(_ notes: [JSONValue]) -> HTML {
    let mayEdit = contact.allows(.edit, page)
    return Self.list(
      [
        "notes": notes.map { note -> [String: Any] in
          let type = Self.types.first { $0.value == note["type"]?.text } ?? Self.types[0]
          return [
            "type": page.texts(type.name), "icon": type.icon, "icons": WebFiles.icons,
            "time": note["dateTime"]?.text.map(page.formats.moment) ?? "",
            "text": PlainText.of(note["text"]?.text ?? ""), "mayEdit": mayEdit,
            "path": "\(contact.path)/notes/\(note["id"]?.text ?? "")", "token": page.token,
          ]
        }
      ], page.texts)
  }
}
