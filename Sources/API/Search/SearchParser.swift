/// Takes a search string apart: words are joined by AND, `or` and `and` stand between terms,
/// parentheses group, `!` negates, quotes keep blanks together.
struct SearchParser {
  private enum Token: Equatable {
    case open, close, or, and
    case word(command: String?, text: SearchText, isNegated: Bool)
    case negatedOpen
  }

  /// Deeper parentheses are read as if they were not there.
  private static let maximumDepth = 50

  private var tokens: ArraySlice<Token>

  init(_ search: String) { tokens = Self.tokens(of: search)[...] }

  mutating func parse() -> SearchTerm? {
    var terms: [SearchTerm] = []
    while !tokens.isEmpty {
      if let term = disjunction(depth: 0) { terms.append(term) }
      // A closing parenthesis that nothing opened.
      if tokens.first == .close { tokens.removeFirst() }
    }
    return Self.joined(terms, SearchTerm.all)
  }

  private mutating func disjunction(depth: Int) -> SearchTerm? {
    var terms: [SearchTerm] = []
    while true {
      if let term = conjunction(depth: depth) { terms.append(term) }
      guard tokens.first == .or else { break }
      tokens.removeFirst()
    }
    return Self.joined(terms, SearchTerm.any)
  }

  private mutating func conjunction(depth: Int) -> SearchTerm? {
    var terms: [SearchTerm] = []
    while let token = tokens.first, token != .or, token != .close || depth >= Self.maximumDepth {
      tokens.removeFirst()
      switch token {
      case .open, .negatedOpen:
        guard depth < Self.maximumDepth else { continue }
        let inner = disjunction(depth: depth + 1)
        if tokens.first == .close { tokens.removeFirst() }
        if let inner { terms.append(token == .negatedOpen ? .not(inner) : inner) }
      case .word(let command, let text, let isNegated):
        let term = command.map { SearchTerm.command($0, text) } ?? .text(text)
        terms.append(isNegated ? .not(term) : term)
      case .close, .and, .or: continue
      }
    }
    return Self.joined(terms, SearchTerm.all)
  }

  private static func joined(
    _ terms: [SearchTerm], _ join: ([SearchTerm]) -> SearchTerm
  ) -> SearchTerm? {
    terms.count > 1 ? join(terms) : terms.first
  }

  private static func tokens(of search: String) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(search)
    while let character = rest.first {
      switch character {
      case " ", "\t", "\n", "\r", "\r\n": rest.removeFirst()
      case "(":
        tokens.append(.open)
        rest.removeFirst()
      case ")":
        tokens.append(.close)
        rest.removeFirst()
      case "!" where rest.dropFirst().first == "(":
        tokens.append(.negatedOpen)
        rest.removeFirst(2)
      default:
        if let token = word(&rest) { tokens.append(token) }
      }
    }
    return tokens
  }

  private static func word(_ rest: inout Substring) -> Token? {
    let isNegated = rest.first == "!"
    if isNegated { rest.removeFirst() }
    var command: String?
    var text = SearchText(value: "")
    var isQuoted = false
    var wasQuoted = false
    while let character = rest.first {
      if character == "\"" {
        isQuoted.toggle()
        wasQuoted = true
      } else if isQuoted {
        text.value.append(character)
      } else if character.isWhitespace || character == "(" || character == ")" {
        break
      } else if character == ":", command == nil, !text.value.isEmpty, !wasQuoted {
        command = text.value.lowercased()
        text.value = ""
      } else if character == "+", text.value.isEmpty, !wasQuoted {
        text.isStrict = true
      } else {
        text.value.append(character)
      }
      rest.removeFirst()
    }
    if command == nil, !wasQuoted, !isNegated {
      if text.value.lowercased() == "or" { return .or }
      if text.value.lowercased() == "and" { return .and }
    }
    return text.value.isEmpty && command == nil
      ? nil : .word(command: command, text: text, isNegated: isNegated)
  }
}
