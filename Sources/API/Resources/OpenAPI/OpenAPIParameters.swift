/// What parameters of queries mean that many routes have (API page, section 6).
enum OpenAPIParameters {
  static let meanings: [String: (schema: Schema, meaning: String)] = [
    "search": (.text, "Words and commands such as `is:mine`, joined by and, `or` and `!`."),
    "start": (
      .integer.with("minimum", 0).with("maximum", .int(Paging.furthestStart)),
      "The rows to skip; 0 by default."
    ),
    "limit": (
      .integer.with("minimum", 0).with("maximum", .int(Int(Int32.max))),
      "The maximum number of rows; 0 and too many mean the most that there may be."
    ),
    "orderBy": (.text, "The column to order by."),
    "orderByDir": (.text.with("enum", ["asc", "desc", "ASC", "DESC"]), "The direction."),
    "order": (
      conditions, "Several columns to order by: `order[0][col]=id&order[0][dir]=desc`."
    ),
    "where": (
      conditions, "Conditions: `where[0][col]=id&where[0][expr]=gt&where[0][val]=5`."
    ),
    "select": (
      .list(of: .text), "The members to show, as `select[]` or with commas; the id is always shown."
    ),
    "minimal": (schema(of: .truth), "Whether the short form is shown."),
    "publishedOnly": (schema(of: .truth), "Whether only what is published is listed."),
    "published": (schema(of: .truth), "The same as `publishedOnly`."),
    "ids": (.list(of: .integer), "The ids, as `ids[]` or with commas."),
    "dateFrom": (schema(of: .date), "The first day, in UTC; 29 days before the last by default."),
    "dateTo": (schema(of: .date), "The last day, in UTC; today by default."),
  ]

  private static let conditions = Schema.map(of: .map(of: .text))

  /// What a parameter of a kind looks like; a query has only texts.
  static func schema(of kind: MemberKind) -> Schema {
    switch kind {
    case .text: .text
    case .truth: .type(["boolean", "integer", "string"])
    case .integer, .reference: .integer
    case .date: .text
    }
  }
}
