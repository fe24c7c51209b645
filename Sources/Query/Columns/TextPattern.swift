/// A `LIKE` pattern. Matching ignores case.
package struct TextPattern {
  /// The pattern; `\` escapes.
  package private(set) var like = ""
  /// The text before the first wildcard.
  package private(set) var literal = ""
  /// Whether there is no wildcard, so that `literal` is the whole pattern.
  package private(set) var isLiteral = true

  /// The part of a value that a text without wildcards must match.
  package enum Place: Sendable {
    case anywhere, beginning, whole
  }

  /// Creates the pattern of a search's text: `%` and `*` are wildcards; with one of them, or if the
  /// text is strict, the pattern is the text as written.
  package init(_ text: SearchText, at place: Place) {
    let isWritten = text.hasWildcard || text.isStrict
    if !isWritten, place == .anywhere { addWildcard("%") }
    for character in text.value.unicodeScalars {
      switch character {
      case "%", "*": addWildcard("%")
      default: addLiteral(character)
      }
    }
    if !isWritten, place != .whole { addWildcard("%") }
  }

  /// Creates a pattern without wildcards.
  package init(exactly text: String) {
    for character in text.unicodeScalars { addLiteral(character) }
  }

  /// Creates a `LIKE` pattern of a condition: `%` and `_` are wildcards, `\` escapes the next
  /// character.
  init(like text: String) {
    var characters = text.unicodeScalars.makeIterator()
    while let character = characters.next() {
      switch character {
      case "%", "_": addWildcard(character)
      case "\\": addLiteral(characters.next() ?? "\\")
      default: addLiteral(character)
      }
    }
  }

  /// Whether the pattern is pure ASCII.
  var isASCII: Bool { like.utf8.allSatisfy { $0 < 0x80 } }

  /// The bounds in an index in byte order that contain everything with this beginning, ignoring
  /// ASCII case; nil if the pattern begins with a wildcard.
  var bounds: (from: String, below: String)? {
    // Letters beyond ASCII may match others, so only the characters before them count.
    let key = literal.unicodeScalars.prefix { $0.isASCII }.prefix(100).map {
      UInt8(ascii: $0).lowered
    }
    guard let last = key.last else { return nil }
    var below = String(decoding: key.dropLast(), as: UTF8.self)
    below.unicodeScalars.append(Unicode.Scalar(last + 1))
    return (String(decoding: key, as: UTF8.self), below)
  }

  private mutating func addLiteral(_ character: Unicode.Scalar) {
    if character == "%" || character == "_" || character == "\\" { like.append("\\") }
    like.unicodeScalars.append(character)
    if isLiteral { literal.unicodeScalars.append(character) }
  }

  private mutating func addWildcard(_ character: Unicode.Scalar) {
    like.unicodeScalars.append(character)
    isLiteral = false
  }
}
