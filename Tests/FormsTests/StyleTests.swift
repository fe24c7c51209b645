import Primitives
import Testing

@testable import Forms

@Suite("The look of forms (tracking.md 12)") struct StyleTests {
  /// The selectors of a sheet, without those of conditions around them.
  private func selectors(_ sheet: String) -> [String] {
    sheet.split(separator: "{").flatMap { $0.split(separator: "}") }
      .map { String($0).trimmingBlanks() }
      .filter { $0.contains(".") && !$0.contains(";") }
  }

  @Test("Every rule concerns forms that ask for it, and weighs nothing")
  func scope() {
    let selectors = selectors(FormStyle.form)
    #expect(selectors.count > 20)
    for selector in selectors where selector != ".martlet-form [hidden]" {
      #expect(selector.hasPrefix(":where(.martlet-form"), "\(selector)")
      // Only what is an element of its own stands outside: `::after`, `::placeholder`.
      let ends = ["::after", "::placeholder", ")"]
      #expect(ends.contains { selector.hasSuffix($0) }, "\(selector)")
    }
    #expect(FormStyle.form.utf8.count < 6_000)
    #expect(!FormStyle.form.contains("</") && !FormStyle.form.contains("url("))
  }

  @Test("A form brings its look along, unless it is to have none")
  func option() async throws {
    try await FormsBed.with { (bed) async throws in
      let known = try await bed.fields.current()
      let form = try await bed.form("email")
      let plain = try await bed.form("email") { $0.usesThemeStyle = false }
      func markup(_ form: Form) -> FormMarkup {
        FormMarkup(form: form, known: known, site: "https://m.example")
      }
      func scripted(_ form: Form) throws -> String {
        try FormScripts.generate(markup(form), site: "https://m.example")
      }
      #expect(markup(form).html.contains(#"class="mauticform_wrapper martlet-form""#))
      #expect(markup(form).style.hasPrefix("<style data-martlet-form>"))
      #expect(!markup(form).html.contains("<style"))
      #expect(try scripted(form).components(separatedBy: ":where(.martlet-form)").count == 2)
      #expect(markup(plain).html.contains(#"class="mauticform_wrapper""#))
      #expect(markup(plain).style.isEmpty && markup(plain).ours.html.contains("martlet-form"))
      #expect(try !scripted(plain).contains(":where("))
    }
  }
}
