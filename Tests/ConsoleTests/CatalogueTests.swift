import Testing

@testable import Console

/// The catalogue of the texts in German (console.md).
struct CatalogueTests {
  @Test("CSL-6: translations have the same places for values as the English texts")
  func placesAgree() {
    let catalogue = Texts.catalogue(.german)
    #expect(!catalogue.isEmpty)
    for (english, german) in catalogue {
      #expect(Self.places(english) == Self.places(german), "\(english)")
      #expect(!german.isEmpty, "\(english)")
    }
  }

  @Test func aTranslationIsTakenAndAMissingOneIsNot() {
    let texts = Texts(.german)
    #expect(texts("Save") == "Speichern")
    #expect(texts.counting(2, one: "1 row", many: "{count} rows") == "2 Zeilen")
    #expect(texts("No such text {name}", ["name": "x"]) == "No such text x")
  }

  /// The places for values in a text, `{…}` and `{{…}}`.
  private static func places(_ text: String) -> Set<String> {
    Set(text.matches(of: /\{\{[^{}]*\}\}|\{[^{}]*\}/).map { String($0.output) })
  }
}
