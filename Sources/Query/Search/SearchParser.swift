/// Parses the tokens of a search: terms are joined by AND, `or` between terms binds more weakly,
/// parentheses group (contacts.md 11.1).
struct SearchParser {
  private var tokens: ArraySlice<SearchToken>

  init(_ tokens: [SearchToken]) { self.tokens = tokens[...] }

  /// Parses the whole search; nil if it is empty.
  mutating func parse() throws(QueryError) -> SearchTerm? {
    var terms: [SearchTerm] = []
    while !tokens.isEmpty {
      if let term = try disjunction(depth: 0) { terms.append(term) }
      // A closing parenthesis without an opening one.
      if tokens.first == .close { tokens.removeFirst() }
    }
    return Self.joined(terms, SearchTerm.all)
  }

  private mutating func disjunction(depth: Int) throws(QueryError) -> SearchTerm? {
    guard depth <= QueryLimits.searchDepth else {
      throw QueryError("search", "more than \(QueryLimits.searchDepth) parentheses deep")
    }
    var terms: [SearchTerm] = []
    while true {
      if let term = try conjunction(depth: depth) { terms.append(term) }
      guard tokens.first == .or else { break }
      tokens.removeFirst()
    }
    return Self.joined(terms, SearchTerm.any)
  }

  private mutating func conjunction(depth: Int) throws(QueryError) -> SearchTerm? {
    var terms: [SearchTerm] = []
    while let token = tokens.first, token != .or, token != .close {
      tokens.removeFirst()
      switch token {
      case .open(let marks):
        let inner = try disjunction(depth: depth + 1)
        if tokens.first == .close { tokens.removeFirst() }
        if let inner { terms.append(marks.applied(to: inner)) }
      case .word(let marks, let text):
        terms.append(marks.applied(to: .text(SearchText(value: text))))
      case .close, .and, .or, .empty: continue
      }
    }
    return Self.joined(terms, SearchTerm.all)
  }

  private static func joined(
    _ terms: [SearchTerm], _ join: ([SearchTerm]) -> SearchTerm
  ) -> SearchTerm? {
    terms.count > 1 ? join(terms) : terms.first
  }
}
