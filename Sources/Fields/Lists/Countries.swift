import Foundation

extension ValueList {
  /// The countries. Each has one stored name, in English, to which its codes (ISO 3166-1) and its other names lead,
  /// however they are punctuated: `DE`, `USA`, `Korea (Republic of)`, `Bosnia & Herzegovina`, `St. Lucia`,
  /// `Deutschland`.
  package static let countries: ValueList = {
    let entries = CountryNames.all
    return ValueList(
      names: entries.map(\.name),
      spellings: entries.flatMap { entry in entry.others.map { ($0, entry.name) } },
      key: { countryKey($0) })
  }()

  /// The words of a country's name in lower case, without accents, marks and small words, in alphabetical order.
  private static func countryKey(_ name: String) -> String {
    var words: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty, !smallWords.contains(word) { words.append(longWords[word] ?? word) }
      word = ""
    }
    let plain = name.lowercased().replacing("ß", with: "ss")
    for scalar in plain.decomposedStringWithCanonicalMapping.unicodeScalars {
      if scalar.properties.generalCategory == .nonspacingMark { continue }
      switch scalar {
      case ".", "'", "’": continue
      case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
        word.unicodeScalars.append(scalar)
      default: end()
      }
    }
    end()
    return words.sorted().joined(separator: " ")
  }

  private static let smallWords: Set<String> = ["the", "of", "and"]
  private static let longWords = [
    "st": "saint", "ste": "saint", "rep": "republic", "dem": "democratic",
  ]
}
