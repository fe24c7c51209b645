import Postgres

/// Turns a search into a condition on the rows of a list.
///
/// Negation is pushed down to the individual matches. There "not" means that the row is not found,
/// whether a column has another value or none (CON-111), and whether a row has other relations or
/// none (CON-112).
struct SearchCompiler {
  let list: ListQuery
  let context: SearchContext

  /// Returns the condition of a term. Rows for which it is null are not found.
  func condition(_ term: SearchTerm) -> SQL { condition(matches(term, isNegated: false)) }

  /// A search with resolved commands and negations at the leaves.
  private indirect enum Part {
    case all([Part])
    case any([Part])
    case when(SQL, isIndexed: Bool)
    case ids(SQL, isNegated: Bool)
  }

  private func matches(_ term: SearchTerm, isNegated: Bool) -> Part {
    switch term {
    case .all(let terms): joined(terms.map { matches($0, isNegated: isNegated) }, isNegated)
    case .any(let terms): joined(terms.map { matches($0, isNegated: isNegated) }, !isNegated)
    case .not(let inner): matches(inner, isNegated: !isNegated)
    case .text(let text): part(list.anywhere(text), isNegated)
    case .command(let name, let text): part(list.match(name, text, context), isNegated)
    }
  }

  private func part(_ match: SearchMatch, _ isNegated: Bool) -> Part {
    switch match {
    case .nothing: .when(isNegated ? "true" : "false", isIndexed: !isNegated)
    case .when(let condition, let isIndexed):
      isNegated
        ? .when("(\(sql: condition)) IS NOT TRUE", isIndexed: false)
        : .when("(\(sql: condition))", isIndexed: isIndexed)
    case .ids(let query): .ids(query, isNegated: isNegated)
    case .all(let matches): joined(matches.map { part($0, isNegated) }, isNegated)
    case .any(let matches): joined(matches.map { part($0, isNegated) }, !isNegated)
    }
  }

  private func joined(_ parts: [Part], _ isAny: Bool) -> Part {
    parts.count == 1 ? parts[0] : isAny ? .any(parts) : .all(parts)
  }

  private func condition(_ part: Part) -> SQL {
    switch part {
    case .all(let parts):
      return parts.isEmpty ? "true" : "(\(sql: parts.map(condition).joined(separator: " AND ")))"
    case .any(let parts):
      if let query = lookup(part) { return "\(sql: list.id) IN (\(sql: query))" }
      return parts.isEmpty ? "false" : "(\(sql: parts.map(condition).joined(separator: " OR ")))"
    case .when(let condition, _): return condition
    case .ids(let query, let isNegated):
      let related: SQL = """
        EXISTS (SELECT FROM (\(sql: query)) AS related (id) WHERE related.id = \(sql: list.id))
        """
      return isNegated ? "NOT \(sql: related)" : related
    }
  }

  /// Returns a query for the ids of the rows that a part finds, if it need not read every row;
  /// otherwise nil. The server joins an `EXISTS` only outside of `OR`; within, it would try every
  /// row.
  private func lookup(_ part: Part) -> SQL? {
    guard let source = list.source else { return nil }
    switch part {
    case .ids(let query, isNegated: false): return query
    case .ids, .when(_, isIndexed: false): return nil
    case .when(let condition, isIndexed: true):
      return "SELECT \(sql: list.id) FROM \(sql: source) WHERE \(sql: condition)"
    case .all(let parts):
      guard parts.contains(where: { lookup($0) != nil }) else { return nil }
      return "SELECT \(sql: list.id) FROM \(sql: source) WHERE \(sql: condition(part))"
    case .any(let parts):
      let queries = parts.compactMap(lookup)
      guard queries.count == parts.count, !queries.isEmpty else { return nil }
      return queries.map { "(\(sql: $0))" as SQL }.joined(separator: " UNION ")
    }
  }
}
