import Primitives

/// A search as a tree (contacts.md 11.1).
package indirect enum SearchTerm: Sendable, Equatable {
  /// All of these.
  case all([SearchTerm])
  /// At least one of these.
  case any([SearchTerm])
  case not(SearchTerm)
  /// `command:value`; the name is in lower case. The list decides whether the command exists.
  case command(String, SearchText)
  /// A word or phrase.
  case text(SearchText)

  /// Parses a search; nil if it is empty. Invalid grammar is not an error.
  ///
  /// - Throws: ``QueryError`` for a text beyond ``QueryLimits``, or with a NUL character.
  package static func parse(_ search: String) throws(QueryError) -> SearchTerm? {
    guard search.utf8.count <= QueryLimits.searchBytes else {
      throw QueryError("search", "longer than \(QueryLimits.searchBytes) bytes")
    }
    guard search.isStorable else { throw QueryError("search", "has a NUL character") }
    var parser = SearchParser(try SearchToken.tokens(of: CleanText.plain(search)))
    return try parser.parse()
  }

  /// Refuses a search in which a command has no value, where dropping it would select more than was meant.
  ///
  /// - Throws: ``QueryError`` that names the command.
  package static func requireValues(_ search: String) throws(QueryError) {
    guard let command = try emptyParts(of: search).first else { return }
    throw QueryError(
      "search", command.isEmpty ? "a phrase is empty" : "the command \(command): has no value")
  }

  /// Returns the commands without a value, and an empty text for each empty phrase.
  static func emptyParts(of search: String) throws(QueryError) -> [String] {
    let tokens = try SearchToken.tokens(of: CleanText.plain(search), keepingEmpty: true)
    var parts: [String] = []
    for (index, token) in tokens.enumerated() {
      switch token {
      case .empty(let command): parts.append(command)
      case .open(let marks):
        let next = index + 1 < tokens.count ? tokens[index + 1] : .close
        if let command = marks.command, next == .close { parts.append(command) }
      case .close, .or, .and, .word: continue
      }
    }
    return parts
  }

  /// Returns whether the search contains `command:value` without negation, since lists of contacts
  /// show visitors only on request by `is:anonymous` (CON-113).
  package func asks(for command: String, _ value: String) -> Bool {
    switch self {
    case .all(let terms), .any(let terms): terms.contains { $0.asks(for: command, value) }
    case .command(let name, let text): name == command && text.value.lowercased() == value
    case .not, .text: false
    }
  }

  /// Returns the term with a command added to every text inside that has none: `tag:(a or b)`.
  func applying(command: String) -> SearchTerm {
    switch self {
    case .all(let terms): .all(terms.map { $0.applying(command: command) })
    case .any(let terms): .any(terms.map { $0.applying(command: command) })
    case .not(let term): .not(term.applying(command: command))
    case .text(let text): .command(command, text)
    case .command: self
    }
  }

  /// Returns the term with every text inside made strict: `+(a or b)`.
  func strict() -> SearchTerm {
    switch self {
    case .all(let terms): .all(terms.map { $0.strict() })
    case .any(let terms): .any(terms.map { $0.strict() })
    case .not(let term): .not(term.strict())
    case .text(let text): .text(text.strict())
    case .command(let name, let text): .command(name, text.strict())
    }
  }
}

/// The text of a term.
package struct SearchText: Sendable, Equatable {
  /// The text to search for, without quotes and marks.
  package var value: String
  /// Whether the whole value must be equal, without added wildcards (`+text`).
  package var isStrict: Bool

  package init(value: String, isStrict: Bool = false) {
    self.value = value
    self.isStrict = isStrict
  }

  /// Whether the text itself contains a wildcard.
  package var hasWildcard: Bool { value.unicodeScalars.contains { $0 == "%" || $0 == "*" } }

  /// The integers of a text like `1,2,3`; other parts are skipped.
  package var numbers: [Int64] {
    value.split(separator: ",").compactMap { Int64($0.trimmingBlanks()) }
  }

  func strict() -> SearchText { SearchText(value: value, isStrict: true) }
}
