import Postgres

extension QueryColumn {
  /// A condition: the column's text matches a pattern. Null where the column is.
  func matches(_ pattern: TextPattern) -> SQL {
    guard kind == .text else {
      return "\(sql: asText) ILIKE \(pattern.like)"
    }
    guard index != .none, let bounds = pattern.bounds else { return matchesText(pattern) }
    let exact = pattern.isLiteral && pattern.isASCII ? pattern.literal.lowercased() : nil
    let range = Self.range(of:from:below:exact:)
    switch index {
    case .none: return matchesText(pattern)
    case .identity(let table):
      let within = range(comparable, bounds.from, bounds.below, exact)
      let shared: SQL = "\(identifier: table).identity_shared"
      return """
        ((NOT \(sql: shared) AND \(sql: sql) IS NOT NULL AND \(sql: within)
          OR \(sql: shared) AND \(sql: within)) AND \(sql: matchesText(pattern)))
        """
    case .search:
      let key: SQL = "lower(left(\(sql: sql), 255) COLLATE \"C\")"
      let within = range(key, bounds.from, bounds.below, nil)
      return "(\(sql: within) AND \(sql: matchesText(pattern)))"
    }
  }

  /// Without an index. ASCII is compared byte by byte, which is several times as fast as by the rules of
  /// a language and gives the same.
  private func matchesText(_ pattern: TextPattern) -> SQL {
    guard pattern.isASCII else { return "\(sql: sql) ILIKE \(pattern.like)" }
    if pattern.isLiteral { return "\(sql: comparable) = \(pattern.literal.lowercased())" }
    return "\(sql: comparable) LIKE \(pattern.like.lowercased())"
  }

  private static func range(of key: SQL, from: String, below: String, exact: String?) -> SQL {
    if let exact { return "\(sql: key) = \(exact)" }
    return "\(sql: key) >= \(from) AND \(sql: key) < \(below)"
  }
}
