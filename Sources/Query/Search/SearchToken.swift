import Primitives

/// The tokens of a search.
enum SearchToken: Equatable {
  /// `(`, with its prefix: `!(`, `+(`, `command:(`.
  case open(SearchMarks)
  case close
  case or
  case and
  case word(SearchMarks, String)
  /// A command without a value, or an empty phrase of no command.
  case empty(String)

  /// Splits a search into tokens. The only error is too many words: an unclosed quote or
  /// parenthesis extends to the end.
  ///
  /// - Parameter keepingEmpty: Whether commands without a value are kept.
  static func tokens(
    of search: String, keepingEmpty: Bool = false
  ) throws(QueryError) -> [SearchToken] {
    var tokens: [SearchToken] = []
    var words = 0
    // By code point, so that combining accents do not hide a parenthesis or a quote.
    var rest = Substring(search).unicodeScalars
    while let character = rest.first {
      if character.properties.isWhitespace || Blank.contains(character) {
        rest.removeFirst()
      } else if character == ")" {
        rest.removeFirst()
        tokens.append(.close)
      } else if let token = next(&rest) {
        if case .empty = token, !keepingEmpty { continue }
        if case .word = token { words += 1 }
        guard words <= QueryLimits.searchTerms else {
          throw QueryError("search", "more than \(QueryLimits.searchTerms) terms")
        }
        tokens.append(token)
      }
    }
    return tokens
  }

  /// Returns a word, a phrase or an opening parenthesis with its marks, or a command without a value; nil for marks
  /// without a following term.
  private static func next(_ rest: inout Substring.UnicodeScalarView) -> SearchToken? {
    var marks = SearchMarks()
    marks.take(&rest)
    if let command = command(&rest) {
      marks.command = command
      marks.take(&rest)
    }
    if rest.first == "(" {
      rest.removeFirst()
      return .open(marks)
    }
    if rest.first == "\"" {
      rest.removeFirst()
      let phrase = rest.prefix { $0 != "\"" }
      rest = rest[phrase.endIndex...].dropFirst()
      let text = Substring(phrase).trimmingBlanks()
      return text.isEmpty ? .empty(marks.command ?? "") : .word(marks, text)
    }
    let scalars = rest.prefix { !$0.properties.isWhitespace && $0 != "(" && $0 != ")" }
    rest = rest[scalars.endIndex...]
    if scalars.isEmpty { return marks.command.map { .empty($0) } }
    let word = String(scalars).trimmingBlanks()
    if word.isEmpty { return marks.command.map { .empty($0) } }
    if marks == SearchMarks() {
      if word.lowercased() == "or" { return .or }
      if word.lowercased() == "and" { return .and }
    }
    return .word(marks, word)
  }

  /// Consumes `name:` and returns the name in lower case without the colon. Names are those that
  /// aliases of fields can have.
  private static func command(_ rest: inout Substring.UnicodeScalarView) -> String? {
    let name = rest.prefix { $0.isASCII && (UInt8(ascii: $0).isNameByte) }
    guard let first = name.first, !UInt8(ascii: first).isDigit,
      rest[name.endIndex...].first == ":"
    else { return nil }
    let command = String(name).lowercased()
    rest = rest[name.endIndex...].dropFirst()
    return command
  }
}

/// The marks that may precede a word or a parenthesis.
struct SearchMarks: Equatable {
  /// `!`; two cancel each other.
  var isNegated = false
  var isStrict = false
  var command: String?

  /// Consumes `!` and `+` in any order, and characters that show nothing.
  mutating func take(_ rest: inout Substring.UnicodeScalarView) {
    while let character = rest.first {
      switch character {
      case "!": isNegated.toggle()
      case "+": isStrict = true
      default:
        guard Blank.contains(character), !character.properties.isWhitespace else { return }
      }
      rest.removeFirst()
    }
  }

  /// Returns a term with these marks applied.
  func applied(to term: SearchTerm) -> SearchTerm {
    var term = term
    if let command { term = term.applying(command: command) }
    if isStrict { term = term.strict() }
    return isNegated ? .not(term) : term
  }
}

extension UInt8 {
  /// Whether this byte can occur in the name of a command.
  fileprivate var isNameByte: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
}
