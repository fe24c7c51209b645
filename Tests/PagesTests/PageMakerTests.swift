import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Pages

@Suite("Pages as visitors get them") struct PageMakerTests {
  /// The page as a contact sees it.
  private func text(
    _ bed: PagesBed, _ maker: PageMaker, _ id: Int64, contact: Int64? = nil
  ) async throws -> String {
    let page = try #require(try await bed.finder.page(id))
    let showing = PageMaker.Showing(contact: contact, isTracked: false)
    let html = try #require(try await maker.html(page, for: showing, now: bed.now))
    return String(decoding: html, as: UTF8.self)
  }

  @Test("A contact's values and the addresses of pages are filled in; a change shows at once")
  func fills() async throws {
    try await PagesBed.with { bed in
      try await bed.pool.query(
        "INSERT INTO contacts (id, firstname, date_added) VALUES (1, 'Kim <3', \(bed.now))")
      let other = try await bed.page("Other")
      let page = try await bed.page("Page") {
        $0.html = "{contactfield=firstname|you} {contactfield=id} {pagelink=\(other.id)}"
      }
      let maker = bed.maker
      #expect(
        try await text(bed, maker, page.id, contact: 1)
          .contains("<body>Kim &#60;3 1 https://m.example.com/other</body>"))
      #expect(try await text(bed, maker, page.id).contains("<body>you  https"))
      #expect(try await text(bed, maker, page.id, contact: 9).contains("<body>you  https"))
      try await bed.change(page.id) { $0.html = "new" }
      #expect(try await text(bed, maker, page.id).contains("<body>new</body>"))
    }
  }

  @Test("A form stands in the page with its script and its look, once; one that is closed does not")
  func forms() async throws {
    try await PagesBed.with { bed in
      for (id, isPublished) in [(Int64(1), true), (2, false), (3, true)] {
        try await bed.pool.query(
          """
          INSERT INTO forms (id, name, alias, form_type, post_action, settings, is_published,
            date_added)
          VALUES (\(id), 'F', \("f\(id)"), 'standalone', 'return',
            '{"usesThemeStyle":true,"isKiosk":false,"hasChallenge":false}', \(isPublished), \(bed.now))
          """)
      }
      let page = try await bed.page("Page") { $0.html = "{form=1}{form=2}{form=3}{form=4}" }
      let text = try await text(bed, bed.maker, page.id)
      #expect(text.split(separator: "<form ").count == 3)
      #expect(text.split(separator: "mautic-form.js").count == 2)
      #expect(text.split(separator: "<style data-martlet-form>").count == 2)
      #expect(text.contains("action=\"https://m.example.com/form/submit?formId=3\""))
    }
  }

  @Test("EML-404: the preference centre of an e-mail, in its language, published and marked as one")
  func preferenceCenters() async throws {
    try await PagesBed.with { bed in
      let page = try await bed.page("Centre") { $0.isPreferenceCenter = true }
      let german = try await bed.page("Zentrum") {
        ($0.isPreferenceCenter, $0.language) = (true, "de")
        $0.translationParent = page.id
      }
      let plain = try await bed.page("Plain")
      func center(_ id: Int64, _ language: String) async throws -> Int64? {
        try await bed.finder.preferenceCenter(id, language: language, now: bed.now)?.id
      }
      #expect(try await center(page.id, "en") == page.id)
      #expect(try await center(page.id, "de_AT") == german.id)
      #expect(try await center(german.id, "en") == page.id)
      #expect(try await center(plain.id, "en") == nil)
      #expect(try await center(99, "en") == nil)
      try await bed.change(german.id) { $0.isPublished = false }
      #expect(try await center(page.id, "de") == page.id)
      #expect(try await center(german.id, "de") == nil)
    }
  }
}
