package import Postgres
package import Primitives

/// The search, conditions and order of a list request (api.md 6).
package struct ListRequest: Sendable {
  package var search: String?
  /// `where`
  package var conditions: JSONValue?
  package var order: JSONValue?
  /// `orderBy`
  package var orderBy: String?
  /// `orderByDir`
  package var direction: String?
  /// `publishedOnly`
  package var publishedOnly: Bool
  /// The id of the requesting user.
  package var user: Int64

  package init(
    search: String? = nil, where conditions: JSONValue? = nil, order: JSONValue? = nil,
    orderBy: String? = nil, direction: String? = nil, publishedOnly: Bool = false, user: Int64
  ) {
    self.search = search
    self.conditions = conditions
    self.order = order
    self.orderBy = orderBy
    self.direction = direction
    self.publishedOnly = publishedOnly
    self.user = user
  }
}

/// The columns and commands by which a list of rows can be searched, filtered and ordered.
///
/// ```swift
/// let tags = ListQuery(
///   columns: [QueryColumn("id", .integer, of: "t"), QueryColumn("tag", .text, of: "t")],
///   mainColumns: ["tag"])
/// let sql: SQL = """
///   SELECT t.id, t.tag FROM tags t
///   WHERE \(sql: try tags.condition(request)) \(sql: try tags.order(request)) LIMIT \(limit)
///   """
/// ```
///
/// Commands that every list has come by themselves where it has their columns: `ids:` (`id`),
/// `is:published` and `is:unpublished` (`is_published`), `is:mine` (`created_by`), `is:uncategorized` and
/// `category:ALIAS` (`category_id`), `name:` and `lang:`.
package struct ListQuery: Sendable {
  /// The columns that are search commands under their own names.
  package enum ColumnCommands: Sendable {
    /// None but those of `commands`.
    case none
    /// All: texts by their beginning, numbers exactly.
    case beginning
    /// All: texts anywhere (CON-117).
    case anywhere
  }

  /// The table or tables of the rows, as they stand after `FROM`, where the list may be long: parts of a
  /// search that stand beside `or` are then looked up each by its own index.
  package var source: SQL?
  /// The columns; one is `id`.
  package var columns: [QueryColumn]
  /// The names of columns in which a text without a command is looked for.
  package var mainColumns: [String]
  /// Commands by their name in lower case; they win over those that come by themselves.
  package var commands: [String: SearchCommand]
  /// The conditions of `is:NAME`, by the name in lower case.
  package var states: [String: @Sendable (SearchContext) -> SQL]
  /// Whether columns are commands.
  package var columnCommands: ColumnCommands
  /// The order where a request says none; ties are broken by the number.
  package var defaultOrder: [QueryOrder]
  /// Whether the default order breaks ties by the largest number first.
  package var newestFirst: Bool

  package init(
    from source: SQL? = nil, columns: [QueryColumn], mainColumns: [String],
    commands: [String: SearchCommand] = [:],
    states: [String: @Sendable (SearchContext) -> SQL] = [:],
    columnCommands: ColumnCommands = .none, defaultOrder: [QueryOrder] = [],
    newestFirst: Bool = false
  ) {
    self.source = source
    self.columns = columns
    self.mainColumns = mainColumns
    self.commands = commands
    self.states = states
    self.columnCommands = columnCommands
    self.defaultOrder = defaultOrder
    self.newestFirst = newestFirst
  }

  /// The condition of a request: `search`, `where` and `publishedOnly`, joined by AND; `true` where it
  /// asks for nothing.
  ///
  /// - Throws: ``QueryError``.
  package func condition(_ request: ListRequest) throws(QueryError) -> SQL {
    try limits(request) ?? "true"
  }

  /// The same, but nil where the request asks for nothing.
  package func limits(_ request: ListRequest) throws(QueryError) -> SQL? {
    var parts: [SQL] = []
    if let search = request.search, let term = try SearchTerm.parse(search) {
      let compiler = SearchCompiler(list: self, context: SearchContext(user: request.user))
      parts.append(compiler.condition(term))
    }
    var conditions = QueryCondition(column: { column(named: $0) })
    if let condition = try conditions.condition(request.conditions) {
      parts.append("(\(sql: condition))")
    }
    if request.publishedOnly, let column = column(named: "is_published") {
      parts.append(column.sql)
    }
    return parts.isEmpty ? nil : parts.joined(separator: " AND ")
  }

  /// The condition of a search and of `where`.
  package func condition(
    search: String?, where conditions: JSONValue?, user: Int64
  ) throws(QueryError) -> SQL {
    try condition(ListRequest(search: search, where: conditions, user: user))
  }

  /// The order that a request asks for; none where it asks for none.
  package func orders(_ request: ListRequest) throws(QueryError) -> [QueryOrder] {
    try QueryOrder.parse(
      order: request.order, orderBy: request.orderBy, direction: request.direction,
      column: { column(named: $0) })
  }

  /// `ORDER BY …` as a request asks for it, else by the default order; ties are broken by the number, so
  /// that pages do not overlap.
  package func order(_ request: ListRequest) throws(QueryError) -> SQL {
    let orders = try orders(request)
    return orders.isEmpty
      ? QueryOrder.clause(defaultOrder, id: id, idDescending: newestFirst)
      : QueryOrder.clause(orders, id: id)
  }

  /// The column that a name means: in snake or camel case, with or without a table before it.
  package func column(named name: String) -> QueryColumn? {
    var bare = name.trimmingBlanks()
    if let dot = bare.lastIndex(of: ".") { bare = String(bare[bare.index(after: dot)...]) }
    for candidate in [bare, Self.snakeCase(bare)] {
      if let column = columns.first(where: { $0.name == candidate }) { return column }
      if let column = columns.first(where: { $0.otherNames.contains(candidate) }) { return column }
    }
    return nil
  }

  /// The column of the rows' numbers.
  var id: SQL { columns.first { $0.name == "id" }?.sql ?? "id" }

  /// `lastActive` as `last_active`.
  static func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
      if character.isASCII, character.isUppercase {
        if !result.isEmpty, result.last != "_" { result.append("_") }
        result.append(contentsOf: character.lowercased())
      } else {
        result.append(character)
      }
    }
    return result
  }
}
