import Fields
package import Postgres

extension ListQuery {
  /// The match of a text without a command: rows in which one of the main columns contains it.
  func anywhere(_ text: SearchText) -> SearchMatch {
    let pattern = TextPattern(text, at: .anywhere)
    let columns = mainColumns.compactMap { name in self.columns.first { $0.name == name } }
    return .any(columns.map { .when($0.matches(pattern)) })
  }

  /// The match of a command. An unknown command is searched for as text, as it was written.
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

  /// The commands that every list has.
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

  /// A command that finds rows by a column: texts as `place` says, numbers and booleans exactly. Dates
  /// and times are found by the beginning of how they are written.
  package static func find(_ column: QueryColumn, at place: TextPattern.Place = .beginning)
    -> SearchCommand
  {
    { text, _ in find(column, text, at: place) }
  }

  /// The match of a value in a column.
  package static func find(
    _ column: QueryColumn, _ text: SearchText, at place: TextPattern.Place
  ) -> SearchMatch {
    switch column.kind {
    case .integer, .number, .boolean:
      if text.hasWildcard { break }
      // A value that the column cannot have is in no row.
      do {
        return .when(try column.compare(.equal, text.value))
      } catch {
        return .nothing
      }
    case .instant, .day, .time, .text, .list: break
    }
    let pattern = TextPattern(text, at: place)
    return .when(column.matches(pattern), isIndexed: column.isIndexed(for: pattern))
  }

  /// A condition: a column of names that are written as they are, such as an alias, has this value in
  /// any case. The column is a constant of the program.
  package static func exactly(_ column: String, _ text: SearchText) -> SQL {
    "lower(\(identifier: column) COLLATE \"C\") = \(IdentityKey.of(text.value))"
  }
}
