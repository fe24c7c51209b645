import Mustache

/// Markup that may stand in a page as it is: a template made it, and has escaped all that came from outside (CSL-4).
struct HTML: Sendable, Equatable {
  /// The markup.
  let text: String

  /// - Parameter text: Markup that holds nothing from outside.
  init(trusted text: String) { self.text = text }

  /// A text from anywhere, escaped.
  init(escaping text: String) {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
      switch character {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    self.text = escaped
  }

  /// Nothing.
  static let empty = HTML(trusted: "")

  /// Whether there is nothing.
  var isEmpty: Bool { text.isEmpty }

  static func + (left: HTML, right: HTML) -> HTML { HTML(trusted: left.text + right.text) }
}

extension Sequence<HTML> {
  /// One after the other.
  func joined() -> HTML { HTML(trusted: map(\.text).joined()) }
}

extension HTML: MustacheCustomRenderable {
  var renderText: String { text }
  /// Where a template asks whether there is something, empty markup is nothing.
  var isNull: Bool { text.isEmpty }
}
