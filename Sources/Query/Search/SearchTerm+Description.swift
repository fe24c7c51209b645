extension SearchTerm: CustomStringConvertible {
  /// A search with the meaning of this term, fully parenthesized.
  package var description: String {
    switch self {
    case .all(let terms): "(" + terms.map(\.description).joined(separator: " ") + ")"
    case .any(let terms): "(" + terms.map(\.description).joined(separator: " or ") + ")"
    case .not(let term): "!(" + term.description + ")"
    case .text(let text): text.written
    case .command(let name, let text): name + ":" + text.written
    }
  }
}

extension SearchText {
  fileprivate var written: String {
    let needsQuotes =
      value.unicodeScalars.contains {
        $0.properties.isWhitespace || "()!+\":".unicodeScalars.contains($0)
      }
      || ["or", "and"].contains(value.lowercased())
    // A text that contains quotes was not quoted itself.
    let quoted = needsQuotes && !value.utf8.contains(UInt8(ascii: "\"")) ? "\"\(value)\"" : value
    return (isStrict ? "+" : "") + quoted
  }
}
