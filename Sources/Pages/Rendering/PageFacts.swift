/// What a page is filled with.
package struct PageFacts: Sendable {
  package var title = ""
  package var metaDescription = ""
  /// The visitor's values by alias; empty for an unknown visitor.
  package var fields: [String: String] = [:]
  /// The addresses of pages by id.
  var pages: [Int64: String] = [:]
  /// The addresses of assets by id.
  var assets: [Int64: String] = [:]
  /// The markup of forms by id.
  var forms: [Int64: String] = [:]
  /// The parts of a preference centre by name (``PageToken/Slot``), HTML.
  package var slots: [String: String] = [:]
  /// The tracking script, HTML.
  package var script = ""
}
