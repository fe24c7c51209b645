import API

/// Imports and exports that are under way, and the latest that have ended.
struct OverviewTransfers: Sendable {
  /// An import or an export.
  struct Item: Sendable {
    var (kind, id, name, status): (String, String, String, String)
    /// In per cent; nil while it is not known.
    var percent: Double?
    var (done, total): (Int, Int?)
    var speed: Double
    var isMoving: Bool

    /// The name of its live figures.
    var key: String { "\(kind)-\(id)" }
  }

  let items: [Item]
  /// Whether the user may see imports or exports.
  private let isShown: Bool

  private static let shown = 5

  init(_ page: PageRequest) async throws {
    let query: JSONObject = [
      "limit": .int(Self.shown), "orderBy": "id", "orderByDir": "DESC",
    ]
    let mayImport = page.may(.view, .imports)
    let mayExport = page.may(.enable, .exports)
    async let imports = mayImport ? page.optional("imports", query) : nil
    async let exports = mayExport ? page.optional("exports", query) : nil
    let all =
      (try await imports?["imports"]?.elements ?? []).map { Self.item("imports", $0) }
      + (try await exports?["exports"]?.elements ?? []).map { Self.item("exports", $0) }
    items = all.filter(\.isMoving) + all.filter { !$0.isMoving }
    isShown = mayImport || mayExport
  }

  private static func item(_ kind: String, _ value: JSONValue) -> Item {
    let status = value["statusName"]?.text ?? ""
    let total = value[kind == "imports" ? "lineCount" : "rowCount"]?.integer
    return Item(
      kind: kind, id: value["id"]?.text ?? "",
      name: value["originalFile"]?.text ?? value["fileName"]?.text ?? "", status: status,
      percent: value["progress"]?.text.flatMap(Double.init),
      done: value["processedCount"]?.integer ?? 0, total: total,
      speed: value["speed"]?.text.flatMap(Double.init) ?? 0,
      isMoving: ["queued", "in_progress", "manual", "delayed", "uploading"].contains(status))
  }

  /// Changes when the page has to be made anew.
  var state: String { items.map { "\($0.key) \($0.status)" }.joined(separator: ", ") }

  /// The live figures. What is written with units is the same in all languages.
  var live: JSONObject {
    let formats = Formats(.english, zone: nil)
    var figures: JSONObject = ["state": .string(state)]
    for item in items where item.isMoving {
      if let percent = item.percent {
        figures["\(item.key)-percent"] = .double(percent)
        figures["\(item.key)-share"] = .string(formats.number(percent, digits: 0) + " %")
      }
      figures["\(item.key)-done"] = .int(item.done)
    }
    return figures
  }

  private static let template = Template(
    #"""
    {{#hasAny}}<div class="panel-body stack">{{#items}}<div class="progress"><div class="progress-head"><a href="/console/{{kind}}/{{id}}">{{name}}</a>{{#isMoving}}<span class="num muted" data-figure="{{key}}-share">{{share}}</span>{{/isMoving}}{{^isMoving}}<span class="badge {{tone}}">{{state}}</span>{{/isMoving}}</div>{{#isMoving}}<progress data-figure="{{key}}-percent" max="100"{{#percent}} value="{{percent}}"{{/percent}} aria-label="{{name}}"></progress><p class="hint num"><span data-figure="{{key}}-done">{{done}}</span> {{rest}}</p>{{/isMoving}}</div>{{/items}}</div>{{/hasAny}}{{^hasAny}}<div class="panel-body"><p class="muted">[[None yet.]]</p></div>{{/hasAny}}
    """#)

  /// The box with them.
  func panel(_ page: PageRequest) -> HTML {
    guard isShown else { return .empty }
    let content = Self.template(
      [
        "hasAny": !items.isEmpty,
        "items": items.prefix(Self.shown).map { item -> [String: Any] in
          let look = Self.words[item.status] ?? ("", item.status)
          return [
            "kind": item.kind, "id": item.id, "key": item.key, "isMoving": item.isMoving,
            "name": item.name.isEmpty ? page.texts("Contacts") : item.name,
            "tone": look.0, "state": page.texts(look.1),
            "percent": item.percent.map { "\($0)" } ?? "",
            "share": item.percent.map { page.formats.number($0, digits: 0) + " %" } ?? "",
            "done": page.formats.number(item.done), "rest": rest(item, page),
          ]
        },
      ], page.texts)
    return Panel(page.texts("Imports and exports"), isPadded: false)(content, page)
  }

  /// What stands behind the number of rows that are done.
  private func rest(_ item: Item, _ page: PageRequest) -> String {
    let texts = page.texts
    var parts = [
      item.total.map { texts("of {count} rows", ["count": page.formats.number($0)]) }
        ?? texts("rows")
    ]
    if item.speed >= 1 {
      parts.append(
        texts("{count} rows a second", ["count": page.formats.number(Int(item.speed))]))
    }
    return parts.joined(separator: ", ")
  }

  /// The tone and the word of a status.
  private static let words: [String: (String, String)] = [
    "draft": ("warn", "Not started"), "imported": ("ok", "Done"), "ready": ("ok", "Ready"),
    "failed": ("bad", "Failed"), "stopped": ("warn", "Stopped"), "expired": ("", "Expired"),
  ]
}
