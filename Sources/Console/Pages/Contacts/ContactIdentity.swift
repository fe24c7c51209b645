import API

/// Others who have the same unique identifier as a contact that is typed in.
struct ContactIdentity: Sendable {
  let page: PageRequest

  /// Somebody else with the same value.
  struct Other: Sendable {
    /// The field, as the API has it.
    var field: JSONValue
    var contact: JSONValue
  }

  /// Looks for others.
  ///
  /// - Parameters:
  ///   - values: What was typed, by alias.
  ///   - record: The contact that is changed; nil for a new one.
  func others(
    _ identifying: [JSONValue], _ values: JSONObject, except record: String?
  ) async throws -> [Other] {
    var others: [Other] = []
    for field in identifying {
      guard let alias = field["alias"]?.text, let value = values[alias]?.text, !value.isEmpty
      else { continue }
      let answer = try await page.get(
        "contacts",
        [
          "limit": 2, "select": .string(ContactName.needed.joined(separator: ",")),
          "where": [["col": .string(alias), "expr": "eq", "val": .string(value)]],
        ])
      let found = (answer["contacts"]?.elements ?? []).first { $0["id"]?.text != record }
      if let found { others.append(Other(field: field, contact: found)) }
    }
    return others
  }

  /// The warning beside a form.
  ///
  /// - Parameter record: The contact that is changed, with whom the other can be merged; nil for a new one.
  func warning(_ others: [Other], record: String?) -> HTML {
    others.map { other in
      let id = other.contact["id"]?.text ?? ""
      return Self.template(
        [
          "label": page.texts(
            "Somebody else has the same value of {field}:",
            ["field": other.field["label"]?.text ?? ""]),
          "name": ContactName(other.contact, page.texts).text,
          "href": "/console/contacts/\(id)",
          "merge": record.map { "/console/contacts/\($0)/merge?other=\(id)" } ?? "",
          "edit": page.may(.edit, .contacts) ? "/console/contacts/\(id)/edit" : "",
        ], page.texts)
    }.joined()
  }

  private static let template = Template(
    #"""
    <div class="alert warn" role="status">[icon:warn]<div>{{label}} <a href="{{href}}">{{name}}</a></div><div class="actions">{{#merge}}<a class="button small" href="{{merge}}">[icon:merge][[Compare and merge]]</a>{{/merge}}{{^merge}}{{#edit}}<a class="button small" href="{{edit}}">[icon:edit][[Edit that contact]]</a>{{/edit}}{{/merge}}</div></div>
    """#)

  /// The part of a form that tells while a value is typed who else has it.
  func part() async throws -> PageAnswer {
    let fields = try await ProfileFields(.contact, page, hasChoices: false).identifying
    var values = JSONObject()
    for field in fields {
      guard let alias = field["alias"]?.text, alias != "id" else { continue }
      if let value = page.query(alias) { values[alias] = .string(value) }
    }
    let record = page.query("id")
    let others = try await others(fields, values, except: record)
    return .part(warning(others, record: record))
  }
}
