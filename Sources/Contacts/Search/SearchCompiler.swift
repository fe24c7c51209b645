import Postgres

/// Turns a search into a condition on the rows of a list.
///
/// Negation is carried down to the single matches. There "not" means that the row is not found, whether
/// a column has another value or none (CON-111), whether a row has other relations or none (CON-112).
struct SearchCompiler {
  let list: ListQuery
  let context: SearchContext

  func condition(_ term: SearchTerm, isNegated: Bool = false) -> SQL {
    switch term {
    case .all(let terms): joined(terms.map { condition($0, isNegated: isNegated) }, isNegated)
    case .any(let terms): joined(terms.map { condition($0, isNegated: isNegated) }, !isNegated)
    case .not(let inner): condition(inner, isNegated: !isNegated)
    case .text(let text): sql(list.anywhere(text), isNegated)
    case .command(let name, let text): sql(list.match(name, text, context), isNegated)
    }
  }

  private func joined(_ conditions: [SQL], _ isAny: Bool) -> SQL {
    guard !conditions.isEmpty else { return isAny ? "false" : "true" }
    return "(\(sql: conditions.joined(separator: isAny ? " OR " : " AND ")))"
  }

  private func sql(_ match: SearchMatch, _ isNegated: Bool) -> SQL {
    switch match {
    case .nothing: return isNegated ? "true" : "false"
    case .when(let condition):
      return isNegated ? "(\(sql: condition)) IS NOT TRUE" : "(\(sql: condition))"
    case .ids(let query):
      return """
        \(literal: isNegated ? "NOT " : "")EXISTS (SELECT FROM (\(sql: query)) AS related (id)
          WHERE related.id = \(sql: list.id))
        """
    case .all(let matches): return joined(matches.map { sql($0, isNegated) }, isNegated)
    case .any(let matches): return joined(matches.map { sql($0, isNegated) }, !isNegated)
    }
  }
}
