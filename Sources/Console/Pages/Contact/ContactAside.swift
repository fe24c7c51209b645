import API

/// Beside the tabs of a contact: the most important facts, segments, what comes next, tags.
struct ContactAside: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  func callAsFunction() async throws -> HTML {
    var parts = [
      Panel(page.texts("Details"), actionsHTML: edit)(FactList(facts: facts)(page), page)
    ]
    if page.may(.view, .segments) {
      let answer = try await page.get("contacts/\(contact.id)/segments")
      parts.append(segments(answer["lists"]?.elements ?? []))
    }
    if !contact.planned.isEmpty {
      parts.append(
        Panel(
          page.texts("Scheduled"), actionsHTML: more("scheduled", contact.planned.count, of: 3),
          isPadded: false)(
            PlannedList(contact: contact, page: page)(most: 3), page))
    }
    parts.append(Panel(page.texts("Tags"))(tags, page))
    return parts.joined()
  }

  private var edit: HTML {
    guard contact.allows(.edit, page) else { return .empty }
    return Self.link(["href": "\(contact.path)/edit", "text": page.texts("Edit")], page.texts)
  }

  private static let link = Template(#"<a class="button small plain" href="{{href}}">{{text}}</a>"#)

  /// Leads to a tab with more than is shown here.
  private func more(_ tab: String, _ count: Int, of shown: Int) -> HTML {
    guard count > shown else { return .empty }
    return Self.link(
      [
        "href": "\(contact.path)?tab=\(tab)",
        "text": page.texts("All {count}", ["count": page.formats.number(count)]),
      ], page.texts)
  }

  private var facts: [FactList.Fact] {
    let fields = contact.value["fields"]?["core"]
    var facts: [FactList.Fact] = []
    for alias in ["email", "phone", "mobile"] {
      guard let field = fields?[alias], contact.field(alias) != nil else { continue }
      facts.append(.init(field["label"]?.text ?? alias, ContactValue(field)(page)))
    }
    let place = [contact.field("city"), contact.field("country")].compactMap(\.self)
    if !place.isEmpty {
      facts.append(.init(page.texts("Place"), HTML(escaping: place.joined(separator: ", "))))
    }
    return facts + [
      .init(page.texts("Owner"), page.plain(contact.owner)),
      .init(page.texts("Stage"), page.plain(contact.value["stage"]?["name"]?.text)),
      .init(page.texts("Points"), page.count(contact.value["points"])),
      .init(page.texts("Added"), page.time(contact.value["dateAdded"])),
      .init(page.texts("Last active"), page.time(contact.value["lastActive"])),
    ]
  }

  private static let segmentList = Template(
    #"""
    {{#isNone}}<div class="panel-body"><p class="muted">[[In no segment.]]</p></div>{{/isNone}}<ul class="list">{{#segments}}<li><span class="grow"><a href="{{path}}">{{name}}</a><span class="sub"><a href="{{why}}">[[Why?]]</a></span></span></li>{{/segments}}</ul>
    """#)

  private func segments(_ segments: [JSONValue]) -> HTML {
    let list = Self.segmentList(
      [
        "isNone": segments.isEmpty,
        "segments": segments.prefix(5).map { segment -> [String: Any] in
          let id = segment["id"]?.text ?? ""
          return [
            "name": segment["name"]?.text ?? id, "path": "/console/segments/\(id)",
            "why": "\(contact.path)/segments/\(id)/why",
          ]
        },
      ], page.texts)
    let change = Self.link(
      [
        "href": "\(contact.path)?tab=segments",
        "text": segments.count > 5
          ? page.texts("All {count}", ["count": page.formats.number(segments.count)])
          : page.texts("Change"),
      ], page.texts)
    return Panel(page.texts("Segments"), actionsHTML: change, isPadded: false)(list, page)
  }

  private static let tagList = Template(
    #"""
    {{#isNone}}<p class="muted">[[No tags.]]</p>{{/isNone}}<div class="chips">{{#tags}}{{#mayEdit}}<form method="post" action="{{remove}}" class="chip">{{tag}}<input type="hidden" name="token" value="{{token}}"><input type="hidden" name="tag" value="{{tag}}"><button aria-label="[[Remove the tag {{tag}}]]">[icon:close]</button></form>{{/mayEdit}}{{^mayEdit}}<span class="chip">{{tag}}</span>{{/mayEdit}}{{/tags}}</div>
    {{#add}}<form method="post" action="{{add}}" class="tag-form"><input type="hidden" name="token" value="{{token}}"><input class="input" name="tag" required maxlength="191" aria-label="[[New tag]]" placeholder="[[Add a tag]]"><button class="button">[[Add]]</button></form>{{/add}}
    """#)

  private var tags: HTML {
    let tags = (contact.value["tags"]?.elements ?? []).compactMap { $0["tag"]?.text }
    let mayEdit = contact.allows(.edit, page)
    return Self.tagList(
      [
        "isNone": tags.isEmpty, "add": mayEdit ? "\(contact.path)/tags/add" : "",
        "token": page.token,
        "tags": tags.map { tag -> [String: Any] in
          [
            "tag": tag, "mayEdit": mayEdit, "token": page.token,
            "remove": "\(contact.path)/tags/remove",
          ]
        },
      ], page.texts)
  }
}
