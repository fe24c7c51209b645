/// Reads and writes the few elements that a store's XML is needed for.
enum ObjectXML {
  private static let entities = [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""),
    ("&#39;", "'"), ("&amp;", "&"),
  ]

  /// Returns the contents of all elements of a name, in order. Elements of the same name do not stand in one another.
  static func contents(of name: String, in text: String) -> [String] {
    var found: [String] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "<\(name)>") {
      rest = rest[begin.upperBound...]
      guard let end = rest.firstRange(of: "</\(name)>") else { break }
      found.append(String(rest[..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return found
  }

  /// Returns the text of the first element of a name; nil if there is none.
  static func text(of name: String, in text: String) -> String? {
    contents(of: name, in: text).first.map { content in
      entities.reduce(content) { $0.replacing($1.0, with: $1.1) }
    }
  }

  /// The text as the content of an element.
  static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
