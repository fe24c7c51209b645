import API

/// The records that contacts are put in relation to, as choices of forms. What the user may not see is left out.
struct ContactChoices: Sendable {
  let page: PageRequest

  init(_ page: PageRequest) { self.page = page }

  /// The most choices of a kind.
  private static let limit: JSONValue = 1000

  /// A segment to choose.
  struct Segment: Sendable {
    var id: String
    var alias: String
    var name: String
  }

  /// The published segments that the user may see.
  var segments: [Segment] {
    get async throws {
      let found = try await page.optional("contacts/list/segments")?.elements ?? []
      return found.map {
        Segment(
          id: $0["id"]?.text ?? "", alias: $0["alias"]?.text ?? "", name: $0["name"]?.text ?? "")
      }.sorted { $0.name.lowercased() < $1.name.lowercased() }
    }
  }

  /// The users who may own contacts.
  var owners: [FormField.Choice] {
    get async throws {
      let found = try await page.get("contacts/list/owners", ["limit": Self.limit]).elements ?? []
      return found.map { owner in
        let id = owner["id"]?.text ?? ""
        let name = ["firstName", "lastName"].compactMap { owner[$0]?.text }
          .filter { !$0.isEmpty }.joined(separator: " ")
        return FormField.Choice(
          id, name.isEmpty ? page.texts("User {id}", ["id": id]) : name)
      }
    }
  }

  /// The stages; nil where the user may not see them.
  var stages: [FormField.Choice]? {
    get async throws {
      try await records("stages", "stages", "name", ["orderBy": "weight"])
    }
  }

  /// The tags by their names; nil where the user may not see them.
  var tags: [FormField.Choice]? {
    get async throws {
      try await records("tags", "tags", "tag", ["orderBy": "tag"])?.map {
        FormField.Choice($0.label, $0.label)
      }
    }
  }

  /// The campaigns; nil where the user may not see them.
  var campaigns: [FormField.Choice]? {
    get async throws {
      try await records("campaigns", "campaigns", "name", ["orderBy": "name", "minimal": true])
    }
  }

  /// The categories that contacts subscribe to; nil where the user may not see them.
  var categories: [FormField.Choice]? {
    get async throws {
      let query: JSONObject = ["limit": Self.limit, "orderBy": "title"]
      guard let answer = try await page.optional("categories", query) else { return nil }
      return (answer["categories"]?.elements ?? []).filter { $0["bundle"]?.text == "global" }
        .map { FormField.Choice($0["id"]?.text ?? "", $0["title"]?.text ?? "") }
    }
  }

  /// The companies, the first by name.
  var companies: [FormField.Choice] {
    get async throws {
      let answer = try await page.get(
        "companies", ["limit": 500, "orderBy": "companyname", "select": "companyname"])
      return (answer["companies"]?.elements ?? []).map {
        FormField.Choice(
          $0["id"]?.text ?? "", $0["fields"]?["all"]?["companyname"]?.text ?? "")
      }
    }
  }

  /// The channels by which contacts are written to.
  var channels: [FormField.Choice] {
    [
      FormField.Choice("email", page.texts("E-mail")),
      FormField.Choice("sms", page.texts("Text message")),
      FormField.Choice("notification", page.texts("Notification")),
    ]
  }

  private func records(
    _ path: String, _ member: String, _ name: String, _ query: JSONObject
  ) async throws -> [FormField.Choice]? {
    let answer = try await page.optional(path, query.with(["limit": Self.limit]))
    return (answer?[member]?.elements).map { records in
      records.map { FormField.Choice($0["id"]?.text ?? "", $0[name]?.text ?? "") }
    }
  }
}
