import Foundation

extension Texts {
  /// The catalogue as JSON for scripts, in a form that may stand in an element of a page.
  var scriptHTML: HTML {
    let catalogue = Self.catalogue(language)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      let json = String(decoding: try encoder.encode(catalogue), as: UTF8.self)
      return HTML(trusted: json.replacing("<", with: "\\u003c"))
    } catch {
      return HTML(trusted: "{}")
    }
  }
}
