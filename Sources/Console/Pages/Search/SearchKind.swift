import API
import Users

/// A kind of records that the search over everything finds by name, with one call of the API.
struct SearchKind: Sendable {
  /// What they are called, in English; their pages in ``Navigation`` are called so, too.
  var heading: String
  /// Below `/console/` and below `/api/`.
  var path: String
  /// The member of the API's answer that holds the list.
  var list: String
  var area: PermissionArea
  /// The members that a name is made of, for the parameter `select`; empty for all.
  var select: [String] = ["name"]
  /// Whether records have a page of their own; else their form.
  var hasDetails = true
  /// A record's name, and what stands below it; empty for nothing.
  var name: @Sendable (JSONValue, Texts) -> (text: String, detail: String) = { record, _ in
    (record["name"]?.text ?? record["title"]?.text ?? "", "")
  }

  /// The records of each kind that are shown.
  static let limit = 5

  /// All kinds, in the order shown.
  static let all: [SearchKind] = [
    SearchKind(
      heading: "Contacts", path: "contacts", list: "contacts", area: .contacts,
      select: ContactName.needed
    ) { record, texts in
      let name = ContactName(record, texts)
      return (name.text, name.detail)
    },
    SearchKind(
      heading: "Companies", path: "companies", list: "companies", area: .contacts,
      select: ["companyname", "companycity", "companycountry"]
    ) { record, texts in (CompanyName.text(record, texts), CompanyName.place(record) ?? "") },
    SearchKind(heading: "Segments", path: "segments", list: "lists", area: .segments),
    SearchKind(heading: "Campaigns", path: "campaigns", list: "campaigns", area: .campaigns),
    SearchKind(heading: "E-mails", path: "emails", list: "emails", area: .emails),
    SearchKind(heading: "Forms", path: "forms", list: "forms", area: .forms),
    SearchKind(
      heading: "Landing pages", path: "pages", list: "pages", area: .pages, select: ["title"]),
  ]

  /// The records whose names match; none where the user may not see such, and for a text that the API's search refuses.
  func find(_ text: String, _ page: PageRequest) async throws -> [SearchHit] {
    guard page.may(.view, area) else { return [] }
    do {
      let answer = try await page.get(
        path,
        [
          "search": .string(text), "limit": .int(Self.limit),
          "select": .array((["id"] + select).map { .string($0) }),
        ])
      return (answer[list]?.elements ?? []).prefix(Self.limit).map { record in
        let (name, detail) = self.name(record, page.texts)
        let id = record["id"]?.text ?? ""
        return SearchHit(
          text: name, detail: detail, path: "\(path)/\(id)" + (hasDetails ? "" : "/edit"))
      }
    } catch let error as APIError
      where error.status == .badRequest || error.status == .forbidden
    {
      return []
    }
  }
}

/// Something that the search over everything has found.
struct SearchHit: Sendable, Equatable {
  var text: String
  /// What stands below it; empty for nothing.
  var detail = ""
  /// Below `/console/`.
  var path: String
}
