package import Postgres
package import Primitives

/// The search, conditions and order of a list request (api.md 6).
package struct ListRequest: Sendable {
  package var search: String?
  /// The `where` parameter.
  package var conditions: JSONValue?
  package var order: JSONValue?
  /// The `orderBy` parameter.
  package var orderBy: String?
  /// The `orderByDir` parameter.
  package var direction: String?
  /// The `publishedOnly` parameter.
  package var publishedOnly: Bool
  /// The id of the requesting user.
  package var user: Int64
  /// Whether only the user's own rows are listed, whatever else is asked for.
  package var isOwnOnly = false

  /// Whether the request asks for the whole list in its default order.
  package var isWhole: Bool {
    !isOwnOnly && search == nil && conditions == nil && order == nil && orderBy == nil
      && !publishedOnly
  }

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
/// Every list has the following commands if it has their columns: `ids:` (`id`), `is:published` and
/// `is:unpublished` (`is_published`), `is:mine` (`created_by`), `is:uncategorized` and
/// `category:ALIAS` (`category_id`), `name:` and `lang:`.
package struct ListQuery: Sendable {
  /// The columns that are search commands under their own names.
  package enum ColumnCommands: Sendable {
    /// None but those in `commands`.
    case none
    /// All columns: texts by their beginning, numbers exactly.
    case beginning
    /// All columns: texts anywhere (CON-117).
    case anywhere
  }

  /// The table or tables of the rows, as they stand after `FROM`, if the list may be long: the
  /// parts of a search joined by `or` can then each use their own index.
  package var source: SQL?
  /// The columns; one is `id`.
  package var columns: [QueryColumn]
  /// The names of the columns searched for text without a command.
  package var mainColumns: [String]
  /// Commands by their name in lower case; they override the common ones.
  package var commands: [String: SearchCommand]
  /// The conditions of `is:NAME`, by name in lower case.
  package var states: [String: @Sendable (SearchContext) -> SQL]
  /// The condition of rows that are the user's own; nil for those that the user created (`created_by`), and none where
  /// there is no such column.
  package var own: (@Sendable (SearchContext) -> SQL)?
  /// Whether columns are commands.
  package var columnCommands: ColumnCommands
  /// The order of requests without one; ties are broken by id.
  package var defaultOrder: [QueryOrder]
  /// Whether the default order breaks ties by the highest id first.
  package var newestFirst: Bool

  package init(
    from source: SQL? = nil, columns: [QueryColumn], mainColumns: [String],
    commands: [String: SearchCommand] = [:],
    states: [String: @Sendable (SearchContext) -> SQL] = [:],
    own: (@Sendable (SearchContext) -> SQL)? = nil,
    columnCommands: ColumnCommands = .none, defaultOrder: [QueryOrder] = [],
    newestFirst: Bool = false
  ) {
    self.source = source
    self.columns = columns
    self.mainColumns = mainColumns
    self.commands = commands
    self.states = states
    self.own = own
    self.columnCommands = columnCommands
    self.defaultOrder = defaultOrder
    self.newestFirst = newestFirst
  }

  /// Returns the condition of a request: `search`, `where` and `publishedOnly`, joined by AND;
  /// `true` if it has none.
  ///
  /// - Throws: ``QueryError``.
  package func condition(_ request: ListRequest) throws(QueryError) -> SQL {
    try limits(request) ?? "true"
  }

  /// Returns the condition of a request, or nil if it has none.
  package func limits(_ request: ListRequest) throws(QueryError) -> SQL? {
    var parts: [SQL] = []
    if request.isOwnOnly { parts.append("(\(sql: ownCondition(request.user)))") }
    if let search = request.search {
      if let term = try SearchTerm.parse(search) {
        let compiler = SearchCompiler(list: self, context: SearchContext(user: request.user))
        parts.append(compiler.condition(term))
      } else {
        try requireValue(search)
      }
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

  private func ownCondition(_ user: Int64) -> SQL {
    if let own { return own(SearchContext(user: user)) }
    guard let creator = columns.first(where: { $0.name == "created_by" }) else { return "false" }
    return "\(sql: creator.sql) = \(user)"
  }

  /// Returns the condition of a search and of `where`.
  package func condition(
    search: String?, where conditions: JSONValue?, user: Int64
  ) throws(QueryError) -> SQL {
    try condition(ListRequest(search: search, where: conditions, user: user))
  }

  /// Returns the order of a request; empty if it has none.
  package func orders(_ request: ListRequest) throws(QueryError) -> [QueryOrder] {
    try QueryOrder.parse(
      order: request.order, orderBy: request.orderBy, direction: request.direction,
      column: { column(named: $0) })
  }

  /// Returns the `ORDER BY` clause of a request, by default the default order; ties are broken by
  /// id, so that pages do not overlap.
  package func order(_ request: ListRequest) throws(QueryError) -> SQL {
    let orders = try orders(request)
    return orders.isEmpty
      ? QueryOrder.clause(defaultOrder, id: id, idDescending: newestFirst)
      : QueryOrder.clause(orders, id: id)
  }

  /// Returns the column of a name: in snake or camel case, optionally with a table prefix.
  package func column(named name: String) -> QueryColumn? {
    var bare = name.trimmingBlanks()
    if let dot = bare.lastIndex(of: ".") { bare = String(bare[bare.index(after: dot)...]) }
    for candidate in [bare, Self.snakeCase(bare)] {
      if let column = columns.first(where: { $0.name == candidate }) { return column }
      if let column = columns.first(where: { $0.otherNames.contains(candidate) }) { return column }
    }
    return nil
  }

  /// The column of the rows' ids.
  var id: SQL { columns.first { $0.name == "id" }?.sql ?? "id" }

  /// Returns `lastActive` as `last_active`.
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
