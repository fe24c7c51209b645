import API

/// Which events of a history are shown: a text, the types alone that are wanted, without the types that are not.
struct HistoryFilter: Sendable {
  let search: String
  let include: [String]
  let exclude: [String]
  let start: Int

  /// Events on a page.
  static let limit = 25

  init(_ page: PageRequest) {
    search = page.query("q") ?? ""
    include = page.request.query["include"]?.commaList ?? []
    exclude = page.request.query["exclude"]?.commaList ?? []
    start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
  }

  /// Whether anything is left out.
  var isLimiting: Bool { !search.isEmpty || !include.isEmpty || !exclude.isEmpty }

  /// The parameters for the API.
  var query: JSONObject {
    [
      "limit": .int(Self.limit), "start": .int(start),
      "filters": [
        "search": .string(search), "includeEvents": .array(include.map(JSONValue.string)),
        "excludeEvents": .array(exclude.map(JSONValue.string)),
      ],
    ]
  }

  /// The address of the file with the history, for a contact.
  func file(of id: String) -> String {
    var query = ["format=csv"]
    if !search.isEmpty { query.append("filters[search]=\(PageRequest.encoded(search))") }
    query += include.map { "filters[includeEvents][]=\(PageRequest.encoded($0))" }
    query += exclude.map { "filters[excludeEvents][]=\(PageRequest.encoded($0))" }
    return "/api/contacts/\(id)/activity?" + query.joined(separator: "&")
  }
}
