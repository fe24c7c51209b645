import Imports

extension ImportStore.Filter {
  /// Reads `status` (number or name), `object`, `publishedOnly`, and in `search` `is:STATUS`,
  /// `is:published`, `is:unpublished`, `is:mine`, `ids:1,2` and words of the file's name.
  init(_ query: JSONValue, user: Int64) throws(APIError) {
    self.init()
    if let text = query["status"]?.text, !text.isEmpty {
      guard let known = Self.status(text) else {
        throw .badRequest("status: \(text) is no status of an import.")
      }
      status = known
    }
    if let text = query["object"]?.text, !text.isEmpty {
      guard let known = ImportObject(name: text) else {
        throw .validation([("object", ["must be contact or company"])])
      }
      object = known
    }
    var words: [String] = []
    for word in (query["search"]?.text ?? "").split(separator: " ").map(String.init)
    where !take(word, user: user) {
      words.append(word)
    }
    if !words.isEmpty { name = words.joined(separator: " ") }
    if (query["publishedOnly"] ?? query["published"])?.truth == true { isPublished = true }
  }

  /// Whether a word of the search is a command.
  private mutating func take(_ word: String, user: Int64) -> Bool {
    let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return false }
    switch (parts[0].lowercased(), parts[1].lowercased()) {
    case ("ids", let list):
      ids = list.split(separator: ",").compactMap { Int64($0) }
    case ("is", "published"): isPublished = true
    case ("is", "unpublished"): isPublished = false
    case ("is", "mine"): createdBy = user
    case ("is", let text):
      guard let known = Self.status(text) else { return false }
      status = known
    default: return false
    }
    return true
  }

  private static func status(_ text: String) -> ImportStatus? {
    ImportStatus.allCases.first { $0.name == text.lowercased() || String($0.rawValue) == text }
  }
}

extension ImportStore.Order {
  /// Reads `orderBy`, a comma list of names in snake or camel case with or without a table prefix,
  /// and `orderByDir`.
  static func parse(_ query: JSONValue) throws(APIError) -> [ImportStore.Order] {
    let isDescending = query["orderByDir"]?.text?.lowercased() == "desc"
    var orders: [ImportStore.Order] = []
    for part in (query["orderBy"]?.text ?? "").split(separator: ",") {
      let name = String(part).trimmingBlanks
      let bare = name.split(separator: ".").last.map(String.init) ?? name
      guard let column = Column.allCases.first(where: { $0.rawValue == bare || $0.name == bare })
      else { throw .badRequest("there is no column \(name) to order by.") }
      orders.append(ImportStore.Order(column, isDescending: isDescending))
    }
    return orders
  }
}
