import Testing

@testable import Console

@Suite("The search over everything") struct SearchTests {
  @Test(
    "A name is found whatever its case and its accents",
    arguments: [("Kampagnen", "kamp"), ("Übersicht", "ubersicht"), ("E-mails", "MAIL")])
  func matches(name: String, text: String) {
    #expect(SearchPages.matches(name, text))
    #expect(!SearchPages.matches(name, "\(text)x"))
  }

  @Test("Nothing is no search: every page is named")
  func everything() { #expect(SearchPages.matches("Overview", "")) }

  @Test("Every kind leads to pages that there are, with an icon of the navigation")
  func kinds() {
    let paths = Set(ConsolePages.all.map(\.path))
    for kind in SearchKind.all {
      #expect(paths.contains("/\(kind.path)"))
      #expect(paths.contains("/\(kind.path)/{id}" + (kind.hasDetails ? "" : "/edit")))
      #expect(!Navigation.icon(kind.path).isEmpty)
    }
  }
}
