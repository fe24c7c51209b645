import Mustache

/// A template of a page or of a part of one, in the syntax of Mustache.
///
/// A text for readers stands in `[[…]]`, in English, which is its key in the catalogues; it may hold tags:
/// `[[{{count}} contacts]]`. `[icon:plus]` is an icon. Values are escaped; a tag of three braces takes values of the type ``HTML`` alone, whose names
/// end in `HTML`.
struct Template: Sendable {
  private let parsed: [Language: MustacheTemplate]

  /// - Parameter text: The template. It is part of the program: one that does not parse ends it, as the tests would show.
  init(_ text: String) {
    var parsed: [Language: MustacheTemplate] = [:]
    for language in Language.allCases {
      do {
        parsed[language] = try MustacheTemplate(string: Self.translated(text, Texts(language)))
      } catch {
        preconditionFailure("A template does not parse: \(error)\n\(text)")
      }
    }
    self.parsed = parsed
  }

  /// The markup with values in the places of tags.
  ///
  /// - Parameters:
  ///   - values: Texts, numbers, booleans, ``HTML``, and lists and dictionaries of these.
  ///   - texts: The language.
  func callAsFunction(_ values: [String: Any] = [:], _ texts: Texts) -> HTML {
    HTML(trusted: parsed[texts.language]?.render(values.mapValues(Self.prepared)) ?? "")
  }

  /// A value as Mustache is given it: sections take an empty text for nothing.
  private static func prepared(_ value: Any) -> Any {
    switch value {
    case let text as String: text.isEmpty ? HTML.empty : text
    case let values as [String: Any]: values.mapValues(prepared)
    case let list as [Any]: list.map(prepared)
    default: value
    }
  }

  /// The template with its texts in a language.
  static func translated(_ text: String, _ texts: Texts) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "[["),
      let end = rest[start.upperBound...].firstRange(of: "]]")
    {
      result += rest[..<start.lowerBound]
      result += texts(String(rest[start.upperBound..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    result += rest
    return result.replacing(/\[icon:([a-z0-9-]+)\]/) { icon(String($0.1)) }
  }

  /// The markup of an icon: a symbol of `icons.svg`, of which `[icon:NAME]` in a template is short.
  static func icon(_ name: String) -> String {
    #"<svg class="icon" aria-hidden="true"><use href="\#(WebFiles.icons)#\#(name)"/></svg>"#
  }
}
