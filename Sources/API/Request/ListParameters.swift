import Postgres
import Query

extension APIRequest {
  /// The query parameters of a list (API page, section 6), of one's own records alone where the user may see no others.
  ///
  /// - Throws: `APIError` 401 without a login.
  var list: ListRequest {
    get throws(APIError) {
      var list = ListRequest(query, user: try requiredUser.id)
      list.isOwnOnly = access < .all
      return list
    }
  }

  /// Reads the page of a list that the query parameters ask for.
  ///
  /// - Parameters:
  ///   - records: What may be searched for and ordered by.
  ///   - cap: The maximum number of records of a page.
  ///   - read: Reads it; gets where it begins and how long it is, the condition, and the clause `ORDER BY …`.
  func page<Page>(
    of records: ListQuery, cap: Int, _ read: (Paging, SQL, SQL) async throws -> Page
  ) async throws -> Page {
    let wanted = try list
    return try await read(
      Paging(query, cap: cap), try records.condition(wanted), try records.order(wanted))
  }
}

extension ListRequest {
  /// Reads `search`, `where`, `order`, `orderBy`, `orderByDir`, and `publishedOnly`, which is called
  /// `published` too.
  init(_ query: JSONValue, user: Int64) {
    self.init(
      search: query["search"]?.text, where: query["where"]?.conditions, order: query["order"]?.kept,
      orderBy: query["orderBy"]?.text, direction: query["orderByDir"]?.text,
      publishedOnly: query["publishedOnly"]?.truth == true || query["published"]?.truth == true,
      user: user)
  }
}
