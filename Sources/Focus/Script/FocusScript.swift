import Foundation
import Mail
import Primitives

/// The script of a focus item: the same for all, with the item's texts as data that no page takes for code.
package struct FocusScript: Sendable {
  private let id: Int64
  private let values: FocusValues
  private let site: String

  /// Creates a script.
  ///
  /// - Parameters:
  ///   - item: The item.
  ///   - site: The address of this installation, without a slash at its end.
  package init(_ item: FocusItem, site: String) {
    self.init(id: item.id, item.values, site: site)
  }

  init(id: Int64, _ values: FocusValues, site: String) {
    self.id = id
    self.values = values
    self.site = site
  }

  /// What the script knows of the item.
  private struct Configuration: Encodable {
    var id: Int64
    var site: String
    var name: String
    var style: String
    var placement: String
    var when: String
    var timeout: Int
    var frequency: String
    var stopsAfterConversion: Bool
    var mayClose: Bool
    var headline: String
    var tagline: String
    var link: String
    var linkText: String
    var opensWindow: Bool
    var form: Int64?
    var html: String
  }

  /// The script as text.
  ///
  /// - Throws: An error of the encoder, which these values do not cause.
  package func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    func literal(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
        .replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
        .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
    }
    let style = FocusLook(values.properties).sheet(of: id)
    let parts = String(decoding: PackageResources.focus_js, as: UTF8.self)
      .replacing("{style}", with: try literal(style))
      .split(separator: "{config}", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.joined(separator: try literal(configuration))
  }

  private var configuration: Configuration {
    let properties = values.properties
    let content = properties["content"]
    let placed = properties[values.style.rawValue]
    let link = Self.text(content?["link_url"])
    let isLink = values.kind == .link && FocusLink.isWeb(link)
    let html: String? =
      switch values.mode {
      case .basic: nil
      case .editor: values.editor
      case .html: values.html
      }
    return Configuration(
      id: id, site: site, name: values.name, style: values.style.rawValue,
      placement: Self.text(placed?["placement"]), when: Self.text(properties["when"]),
      timeout: min(max(properties["timeout"]?.int ?? 0, 0), 3_600),
      frequency: Self.text(properties["frequency"]),
      stopsAfterConversion: Self.truth(properties["stop_after_conversion"]) ?? false,
      mayClose: values.style != .bar || Self.truth(placed?["allow_hide"]) ?? true,
      headline: Self.text(content?["headline"]), tagline: Self.text(content?["tagline"]),
      link: isLink ? PageLinks.tagged(link, values.utm) : "",
      linkText: Self.text(content?["link_text"]),
      opensWindow: Self.truth(content?["link_new_window"]) ?? false,
      form: values.kind == .form ? values.form : nil, html: html ?? "")
  }

  private static func text(_ value: JSONValue?) -> String {
    String((value?.text ?? "").prefix(2_000))
  }

  private static func truth(_ value: JSONValue?) -> Bool? {
    if case .boolean(let truth)? = value { return truth }
    return value?.text.flatMap { BooleanWord.parse($0) }
  }
}
