import API

/// The tab with who changed what of a contact, for administrators.
struct AuditTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  /// Entries of a page.
  static let limit = 30

  func callAsFunction() async throws -> HTML {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await page.get(
      "audit",
      [
        "limit": .int(Self.limit), "start": .int(start),
        "where": [
          ["col": "object", "expr": "eq", "val": "lead"],
          ["col": "object_id", "expr": "eq", "val": .string(contact.id)],
        ],
      ])
    let entries = answer["entries"]?.elements ?? []
    let heading = page.texts("Audit log")
    guard !entries.isEmpty else {
      return Panel(heading, isPadded: false)(
        EmptyState(
          title: page.texts("No changes"),
          text: page.texts("What users and programs change of this contact stands here."),
          icon: "audit")(page), page)
    }
    let total = answer["total"]?.integer ?? entries.count
    return Panel(heading, isPadded: false)(
      list(entries) + Pager(page: page, start: start, limit: Self.limit, total: total)(), page)
  }

  private static let template = Template(
    #"""
    <ul class="list">{{#entries}}<li><div class="grow"><strong>{{action}}</strong> {{by}}<span class="sub">{{{timeHTML}}}{{#address}} · {{address}}{{/address}}</span>{{{detailsHTML}}}</div></li>{{/entries}}</ul>
    """#)

  private func list(_ entries: [JSONValue]) -> HTML {
    Self.template(
      [
        "entries": entries.map { entry -> [String: Any] in
          let user = entry["userName"]?.text
          return [
            "action": page.texts(entry["action"]?.text?.capitalized ?? ""),
            "by": user.map { page.texts("by {user}", ["user": $0]) } ?? "",
            "timeHTML": page.time(entry["dateAdded"]), "address": entry["ipAddress"]?.text ?? "",
            "detailsHTML": details(entry["details"]),
          ]
        }
      ], page.texts)
  }

  private static let detailsTemplate = Template(
    #"""
    <details class="unfold"><summary>[[Details]]</summary><dl class="facts">{{#rows}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/rows}}</dl></details>
    """#)

  private func details(_ value: JSONValue?) -> HTML {
    guard case .object(let object)? = value, !object.isEmpty else { return .empty }
    return Self.detailsTemplate(
      [
        "rows": object.members.flatMap { Self.rows($0.key, $0.value) }.map {
          ["name": $0.0, "value": $0.1] as [String: Any]
        }
      ], page.texts)
  }

  /// Members of members by themselves; the old and the new value on a line.
  private static func rows(_ key: String, _ value: JSONValue) -> [(String, String)] {
    switch value {
    case .object(let object):
      return object.members.flatMap { rows("\(key) / \($0.key)", $0.value) }
    case .array(let items):
      let texts = items.map { $0.text ?? "–" }
      return [(key, texts.joined(separator: items.count == 2 ? " → " : ", "))]
    default: return [(key, value.text ?? "–")]
    }
  }
}
