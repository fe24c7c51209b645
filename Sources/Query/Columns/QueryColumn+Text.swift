package import Postgres

extension QueryColumn {
  /// Returns the condition that the column's text matches a pattern. Null if the column is.
  package func matches(_ pattern: TextPattern) -> SQL {
    guard kind == .text else { return "\(sql: asText) ILIKE \(pattern.like)" }
    if pattern.isLiteral, pattern.isASCII {
      let key = pattern.literal.lowercased()
      return indexed([key]) { "\(sql: $0) = \(key)" }
    }
    guard index != .none, let bounds = pattern.bounds else { return matchesText(pattern) }
    let within = indexed(nil) {
      "\(sql: $0) >= \(bounds.from) AND \(sql: $0) < \(bounds.below)"
    }
    return "(\(sql: within) AND \(sql: matchesText(pattern)))"
  }

  /// Returns a comparison of the column's key, written so that the server uses the column's index.
  ///
  /// - Parameters:
  ///   - keys: The keys with which the whole text is compared; nil if its beginning is compared.
  ///   - compare: Returns the comparison for an expression.
  func indexed(_ keys: [String]?, _ compare: (SQL) -> SQL) -> SQL {
    switch index {
    case .none: return compare(comparable)
    case .identity(let table):
      // One index for rows with an exclusive value, one for the others.
      let shared: SQL = "\(identifier: table).identity_shared"
      return """
        (NOT \(sql: shared) AND \(sql: sql) IS NOT NULL AND \(sql: compare(comparable))
          OR \(sql: shared) AND \(sql: compare(comparable)))
        """
    case .search:
      let beginning: SQL = "lower(left(\(sql: sql), 255) COLLATE \"C\")"
      guard let keys else { return compare(beginning) }
      let areShort = keys.allSatisfy { $0.unicodeScalars.count <= 255 }
      return areShort
        ? "(\(sql: compare(beginning)) AND \(sql: compare(comparable)))" : compare(comparable)
    }
  }

  /// Returns whether an index can find matches of a pattern.
  func isIndexed(for pattern: TextPattern) -> Bool {
    kind == .text && index != .none && pattern.bounds != nil
  }

  /// Returns a match without an index. ASCII is compared byte by byte, which is several times as
  /// fast as by the rules of a language, with the same result.
  private func matchesText(_ pattern: TextPattern) -> SQL {
    guard pattern.isASCII else {
      // Values that are plain ASCII cannot match, and most are.
      return """
        (octet_length(\(sql: sql)) > char_length(\(sql: sql)) AND \(sql: sql) ILIKE \(pattern.like))
        """
    }
    return "\(sql: comparable) LIKE \(pattern.like.lowercased())"
  }
}
