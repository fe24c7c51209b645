import API
import Foundation

/// The audit log: who changed what.
enum AuditPages {
  static var routes: [ConsoleRoute] {
    [.get("/audit", needs: .administrator) { try await AuditList(page: $0)() }]
  }
}

/// The entries of the audit log, with filters.
struct AuditList: Sendable {
  let page: PageRequest

  private static let limit = 50

  /// The parameters that compare a column, and the columns.
  private static let filters = [
    ("user", "user_name"), ("object", "object"), ("id", "object_id"), ("action", "action"),
  ]

  func callAsFunction() async throws -> PageAnswer {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    var (entries, total, problem): ([JSONValue], Int, String?) = ([], 0, nil)
    var isEstimated = false
    do {
      var query: JSONObject = ["limit": .int(Self.limit), "start": .int(start)]
      let conditions = conditions
      if !conditions.isEmpty { query["where"] = .array(conditions) }
      let answer = try await page.console.api.call(
        .get, "/api/audit", query: query, as: page.request)
      entries = answer.json["entries"]?.elements ?? []
      total = answer.json["total"]?.integer ?? entries.count
      isEstimated = answer.headers[.totalEstimated] != nil
    } catch let error as APIError where error.status == .badRequest {
      problem = error.message
    }
    let list: HTML
    if let problem {
      list = Alert(.bad, problem)(page)
    } else if entries.isEmpty {
      list = EmptyState(
        title: page.texts("No such changes"),
        text: page.texts(
          "Every change of a record, by users, applications and programs, stands here. Other filters find more."
        ), icon: "audit")(page)
    } else {
      list =
        TableView(
          page: page, columns: columns, rows: entries, caption: page.texts("Audit log"))()
        + Pager(
          page: page, start: start, limit: Self.limit, total: total, isEstimated: isEstimated)()
    }
    return .page(
      Page(
        title: page.texts("Audit log"),
        subtitle: page.texts("Sealed: entries cannot be changed or taken out unnoticed."),
        contentHTML: Panel(isPadded: false)(toolbar + list, page), section: "audit"))
  }

  private var conditions: [JSONValue] {
    var conditions = Self.filters.compactMap { name, column -> JSONValue? in
      page.query(name).map { ["col": .string(column), "expr": "eq", "val": .string($0)] }
    }
    if let from = page.query("from") {
      conditions.append(["col": "date_added", "expr": "gte", "val": .string(from + " 00:00:00")])
    }
    if let until = page.query("until") {
      conditions.append(["col": "date_added", "expr": "lte", "val": .string(until + " 23:59:59")])
    }
    return conditions
  }

  private var toolbar: HTML {
    Self.toolbarTemplate(
      Dictionary(
        ["user", "object", "id", "action", "from", "until"].map {
          ($0, page.query($0) ?? "" as Any)
        }, uniquingKeysWith: { $1 }), page.texts)
  }

  private static let toolbarTemplate = Template(
    #"""
    <form class="toolbar" method="get" action="/console/audit" role="search">
    <input class="input short" name="user" value="{{user}}" placeholder="[[User]]" aria-label="[[User]]" maxlength="200">
    <input class="input short" name="object" value="{{object}}" placeholder="[[Kind, such as lead]]" aria-label="[[Kind of record]]" maxlength="100">
    <input class="input short" name="id" value="{{id}}" placeholder="[[Id]]" aria-label="[[Id of the record]]" inputmode="numeric" maxlength="20">
    <input class="input short" name="action" value="{{action}}" placeholder="[[Action]]" aria-label="[[Action]]" maxlength="100">
    <input class="input short" type="date" name="from" value="{{from}}" aria-label="[[From]]"><input class="input short" type="date" name="until" value="{{until}}" aria-label="[[Until]]">
    <button class="button">[[Filter]]</button><a class="button plain" href="/console/audit">[[Clear]]</a></form>
    """#)

  private var columns: [Column] {
    [
      Column(page.texts("When"), .line) { $1.time($0["dateAdded"]) },
      Column(page.texts("Who")) { entry, page in
        guard let user = entry["userName"]?.text, !user.isEmpty else { return page.plain(nil) }
        return page.link(user, to: "audit?user=\(PageRequest.encoded(user))")
      },
      Column(page.texts("Action")) { $1.plain($0["action"]?.text) },
      Column(page.texts("Record")) { entry, page in
        let (object, id) = (entry["object"]?.text ?? "", entry["objectId"]?.text ?? "")
        return page.link(
          "\(object) \(id)", to: "audit?object=\(PageRequest.encoded(object))&id=\(id)")
      },
      Column(page.texts("Details")) { entry, page in Self.details(entry["details"], page) },
      Column(page.texts("Address"), .wide) { $1.plain($0["ipAddress"]?.text) },
    ]
  }

  private static let detailsTemplate = Template(
    #"""
    <details class="unfold"><summary>{{count}}</summary><dl class="facts">{{#rows}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/rows}}</dl></details>
    """#)

  private static func details(_ value: JSONValue?, _ page: PageRequest) -> HTML {
    guard case .object(let object)? = value, !object.isEmpty else { return page.muted("–") }
    let values = object.members.flatMap { rows($0.key, $0.value) }
    return detailsTemplate(
      [
        "count": page.texts.counting(values.count, one: "1 value", many: "{count} values"),
        "rows": values.map { ["name": $0.0, "value": $0.1] as [String: Any] },
      ], page.texts)
  }

  /// Members of members by themselves; the old and the new value on a line.
  private static func rows(_ key: String, _ value: JSONValue) -> [(String, String)] {
    switch value {
    case .object(let object):
      return object.members.flatMap { rows("\(key) / \($0.key)", $0.value) }
    case .array(let items):
      return [
        (key, items.map { $0.text ?? "–" }.joined(separator: items.count == 2 ? " → " : ", "))
      ]
    default: return [(key, value.text ?? "–")]
    }
  }
}
