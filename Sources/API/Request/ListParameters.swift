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
}

extension ListRequest {
  /// Reads `search`, `where`, `order`, `orderBy`, `orderByDir`, and `publishedOnly`, which is called
  /// `published` too.
  init(_ query: JSONValue, user: Int64) {
    self.init(
      search: query["search"]?.text, where: query["where"]?.kept, order: query["order"]?.kept,
      orderBy: query["orderBy"]?.text, direction: query["orderByDir"]?.text,
      publishedOnly: query["publishedOnly"]?.truth == true || query["published"]?.truth == true,
      user: user)
  }
}
