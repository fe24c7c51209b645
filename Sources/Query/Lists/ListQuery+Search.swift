import Fields
package import Postgres

extension ListQuery {
  /// Returns the match of a text without a command: rows in which one of the main columns contains
  /// it.
  func anywhere(_ text: SearchText) -> SearchMatch {
    let pattern = TextPattern(text, at: .anywhere)
    let columns = mainColumns.compactMap { name in self.columns.first { $0.name == name } }
    return .any(columns.map { .when($0.matches(pattern)) })
  }

  /// Refuses a search in which nothing is left to search for but a command of the list, or a phrase, without a value:
  /// it would find everything.
  func requireValue(_ search: String) throws(QueryError) {
    for command in try SearchTerm.emptyParts(of: search) {
      let isKnown =
        command.isEmpty || commands[command] != nil
        || ["ids", "is", "category", "name", "lang"].contains(command)
        || (columnCommands != .none && columns.contains { $0.name == command })
      if isKnown { throw QueryError("search", "\(search.inQuotes) has no value to search for") }
    }
  }

  /// Returns the match of a command. An unknown command is searched for as text, as written.
  func match(_ name: String, _ text: SearchText, _ context: SearchContext) -> SearchMatch {
    let match =
      if let command = commands[name] {
        command(text, context)
      } else if let common = common(name, text, context) {
        common
      } else if columnCommands != .none, let column = columns.first(where: { $0.name == name }) {
        columnCommands == .anywhere
          ? Self.find(column, text, at: .anywhere) : Self.find(column, text, at: .beginning)
      } else {
        nil as SearchMatch?
      }
    return match
      ?? anywhere(SearchText(value: "\(name):\(text.value)", isStrict: text.isStrict))
  }

  /// Returns the match of a command that every list has.
  private func common(
    _ name: String, _ text: SearchText, _ context: SearchContext
  ) -> SearchMatch? {
    func column(_ name: String) -> QueryColumn? { columns.first { $0.name == name } }
    switch name {
    case "ids": return .when("\(sql: id) = ANY (\(text.numbers))", isIndexed: true)
    case "is":
      let state = text.value.lowercased()
      if let condition = states[state] { return .when(condition(context)) }
      switch state {
      case "published": return column("is_published").map { .when($0.sql) }
      case "unpublished": return column("is_published").map { .when("NOT \(sql: $0.sql)") }
      case "mine": return column("created_by").map { .when("\(sql: $0.sql) = \(context.user)") }
      case "uncategorized": return column("category_id").map { .when("\(sql: $0.sql) IS NULL") }
      default: return nil
      }
    case "category":
      return column("category_id").map { column in
        .when(
          """
          \(sql: column.sql) IN (SELECT id FROM categories
            WHERE \(sql: Self.exactly("alias", text)))
          """)
      }
    case "name": return column("name").map { Self.find($0, text, at: .beginning) }
    case "lang": return column("lang").map { Self.find($0, text, at: .whole) }
    default: return nil
    }
  }

  /// Returns a command that finds rows by a column: texts at `place`, numbers and booleans exactly.
  /// Dates and times match by the beginning of their text.
  package static func find(_ column: QueryColumn, at place: TextPattern.Place = .beginning)
    -> SearchCommand
  {
    { text, _ in find(column, text, at: place) }
  }

  /// Returns the match of a value in a column.
  package static func find(
    _ column: QueryColumn, _ text: SearchText, at place: TextPattern.Place
  ) -> SearchMatch {
    switch column.kind {
    case .integer, .number, .boolean:
      if text.hasWildcard { break }
      // No row has a value that the column cannot have.
      do {
        return .when(try column.compare(.equal, text.value))
      } catch {
        return .nothing
      }
    case .instant, .day, .time, .text, .list: break
    }
    let pattern = TextPattern(text, at: place)
    let match = SearchMatch.when(
      column.matches(pattern), isIndexed: column.isIndexed(for: pattern))
    guard let stored = column.names(text.value).dropFirst().first else { return match }
    let whole = TextPattern(SearchText(value: stored, isStrict: true), at: .whole)
    return .any([match, .when(column.matches(whole))])
  }

  /// Returns the condition that a column of plain names, such as an alias, has this value, ignoring
  /// case. The column must be a constant.
  package static func exactly(_ column: String, _ text: SearchText) -> SQL {
    "lower(\(identifier: column) COLLATE \"C\") = \(IdentityKey.of(text.value))"
  }
}
