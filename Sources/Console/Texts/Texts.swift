import Foundation

/// A language of the console (CSL-6).
enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case german = "de"

  /// The language of a user, or else the first that the browser asks for and the console has.
  ///
  /// - Parameters:
  ///   - locale: The user's own, such as `de_CH`; nil for none.
  ///   - accepted: The header `Accept-Language`.
  init(locale: String?, accepted: String?) {
    let wished =
      [locale].compactMap(\.self) + (accepted ?? "").split(separator: ",").map(String.init)
    let codes = wished.map { wish in
      String(wish.drop { $0 == " " }.prefix { $0.isLetter }).lowercased()
    }
    self = codes.lazy.compactMap(Language.init(rawValue:)).first ?? .english
  }
}

/// The texts of the console in a language. The English text is the key of the others.
struct Texts: Sendable, Equatable {
  let language: Language

  init(_ language: Language) { self.language = language }

  /// A text, with values in the places of `{name}`; in English where the catalogue has none.
  func callAsFunction(_ text: String, _ values: KeyValuePairs<String, String> = [:]) -> String {
    var result = Self.catalogues[language]?[text] ?? text
    for (name, value) in values { result = result.replacing("{\(name)}", with: value) }
    return result
  }

  /// The text for one or for several.
  ///
  /// - Parameters:
  ///   - count: How many; it takes the place of `{count}`, as ``Formats`` writes it.
  ///   - one: The text for exactly one.
  ///   - many: The text for all other numbers.
  func counting(_ count: Int, one: String, many: String) -> String {
    self(count == 1 ? one : many, ["count": Formats.number(count, language)])
  }

  /// The catalogue of a language other than English, by the English text.
  static func catalogue(_ language: Language) -> [String: String] { catalogues[language] ?? [:] }

  private static let catalogues: [Language: [String: String]] = {
    let german = Data(PackageResources.de_json)
    do {
      return [.german: try JSONDecoder().decode([String: String].self, from: german)]
    } catch {
      preconditionFailure("The catalogue de.json does not parse: \(error)")
    }
  }()
}
