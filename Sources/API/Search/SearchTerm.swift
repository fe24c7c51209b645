/// A search string as a tree (API page, section 6).
indirect enum SearchTerm: Equatable {
  case all([SearchTerm])
  case any([SearchTerm])
  case not(SearchTerm)
  /// `command:value`; whether the command is known is for the resource to say.
  case command(String, SearchText)
  case text(SearchText)

  /// Reads a search string; nil where it asks for nothing. No text is refused: what makes no sense
  /// as grammar is searched for as it is.
  static func parse(_ search: String) -> SearchTerm? {
    var parser = SearchParser(search)
    return parser.parse()
  }
}

/// The text of a term.
struct SearchText: Equatable {
  /// What to look for, without quotes and marks.
  var value: String
  /// `+text`: as it stands, no wildcard is added.
  var isStrict = false

  /// Whether the text itself holds a wildcard.
  var hasWildcard: Bool { value.contains("%") || value.contains("*") }

  /// A pattern for `LIKE`.
  ///
  /// - Parameter addingBefore: whether a text without a wildcard matches anywhere, not only at the
  ///   beginning.
  /// - Returns: the pattern; what only `LIKE` takes for a wildcard is escaped.
  func pattern(addingBefore: Bool) -> String {
    var pattern = ""
    for character in value {
      switch character {
      case "*": pattern.append("%")
      case "\\", "_": pattern.append("\\\(character)")
      default: pattern.append(character)
      }
    }
    if hasWildcard || isStrict { return pattern }
    return (addingBefore ? "%" : "") + pattern + "%"
  }
}
