package import Contacts
import Forms
import Foundation
package import Primitives

extension PageValues {
  private static let longestAddress = 2_000

  /// Applies an input to the values that there are. What other pages decide, the alias and the parents, is checked by the
  /// store.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new page.
  ///   - replacing: Whether values that are not given are set to their defaults. The alias stays, as links lead to it.
  /// - Throws: `InvalidInput`.
  package init(_ input: PageInput, before: PageValues?, replacing: Bool) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? PageValues()
    if kept == nil || input.title != nil { title = try RecordText.name(input.title, "title") }
    alias = before?.alias ?? ""
    if let text = input.alias, !text.isEmpty { alias = Self.slug(text) }
    if alias.isEmpty { alias = Self.slug(title) }
    category = input.category ?? category
    if let text = input.language { language = try Self.language(text) }
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    try checkWindow("the page")
    if let text = input.metaDescription {
      metaDescription = try RecordText.optional(text, "metaDescription", limit: 2_000)
    }
    if let text = input.redirect { redirect = try Self.redirect(text) }
    if let text = input.redirectURL { redirectURL = try Self.address(text) }
    if redirect != nil, redirectURL == nil {
      throw InvalidInput("redirectUrl", "a value is required where there is a redirectType")
    }
    isPreferenceCenter = input.isPreferenceCenter ?? isPreferenceCenter
    isHiddenFromSearch = input.isHiddenFromSearch ?? isHiddenFromSearch
    try takeFamily(input)
    if let text = input.template {
      template = try RecordText.optional(text, "template", limit: 191)
    }
    if let text = input.html { html = try Self.content(text) }
    isPublished = input.isPublished ?? isPublished
  }

  /// Reads parents, weight and criteria, as far as the page alone decides whether they are right.
  private mutating func takeFamily(_ input: PageInput) throws(InvalidInput) {
    variantParent = input.variantParent ?? variantParent
    translationParent = input.translationParent ?? translationParent
    if variantParent != nil, translationParent != nil {
      throw InvalidInput("variantParent", "a page cannot be a variant and a translation")
    }
    variantWeight = input.variantWeight ?? variantWeight
    if let weight = variantWeight, !(1...100).contains(weight) {
      throw InvalidInput("variantSettings", "the weight \(weight) is not within 1 to 100")
    }
    if variantParent != nil, variantWeight == nil {
      throw InvalidInput("variantSettings", "a variant needs a weight")
    }
    if let text = input.winnerCriteria {
      winnerCriteria = try RecordText.optional(text, "variantSettings", limit: 191)
    }
  }

  private static func language(_ text: String) throws(InvalidInput) -> String {
    let language = text.trimmingBlanks()
    guard !language.isEmpty else { return "en" }
    guard language.utf8.count <= 35,
      language.lowercased().utf8.allSatisfy({ isPlain($0) || $0 == 0x2D || $0 == 0x5F })
    else { throw InvalidInput("language", "\(InvalidInput.shown(text)) is no language") }
    return language
  }

  private static func redirect(_ text: String) throws(InvalidInput) -> PageRedirect? {
    guard !text.isEmpty else { return nil }
    guard let redirect = Int(text).flatMap(PageRedirect.init) else {
      throw InvalidInput("redirectType", "\(InvalidInput.shown(text)) is neither 301 nor 302")
    }
    return redirect
  }

  private static func address(_ text: String) throws(InvalidInput) -> String? {
    let address = text.trimmingBlanks()
    guard !address.isEmpty else { return nil }
    let shown = InvalidInput.shown(address)
    guard address.utf8.count <= longestAddress else {
      throw InvalidInput("redirectUrl", "\(shown) is longer than \(longestAddress) bytes")
    }
    guard WebTarget.host(of: address) != nil else {
      throw InvalidInput(
        "redirectUrl", "\(shown) is no address that begins with http:// or https://")
    }
    return address
  }

  /// A page as it was written: nothing is cleaned, for what stands in it is its author's own.
  private static func content(_ text: String) throws(InvalidInput) -> String? {
    guard !text.isEmpty else { return nil }
    guard text.utf8.count <= PageLimits.bytes else {
      throw InvalidInput("customHtml", "longer than \(PageLimits.bytes) bytes")
    }
    guard !text.utf8.contains(0) else { throw InvalidInput("customHtml", "not valid text") }
    let tokens = PageToken.count(in: text)
    guard tokens <= PageLimits.tokens else {
      throw InvalidInput("customHtml", "\(tokens) tokens are more than \(PageLimits.tokens)")
    }
    return text
  }

  /// The last part of an address: small letters, digits, hyphens and underscores of a text.
  static func slug(_ text: String) -> String {
    var slug = ""
    for byte in text.lowercased().utf8 {
      if isPlain(byte) || byte == 0x5F {
        slug.unicodeScalars.append(Unicode.Scalar(byte))
      } else if slug.last.map({ $0 != "-" }) ?? false {
        slug += "-"
      }
      if slug.utf8.count == PageLimits.alias { break }
    }
    while slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "page" : slug
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// The values by name, for the audit log. The content is only named.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("title", .string(title)), ("alias", .string(alias)), ("category", JSONValue(category)),
      ("language", .string(language)), ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)),
      ("metaDescription", JSONValue(metaDescription)),
      ("redirectType", JSONValue(redirect.map { Int64($0.rawValue) })),
      ("redirectUrl", JSONValue(redirectURL)),
      ("isPreferenceCenter", .boolean(isPreferenceCenter)),
      ("noIndex", .boolean(isHiddenFromSearch)),
      ("variantParent", JSONValue(variantParent)),
      ("variantWeight", JSONValue(variantWeight.map { Int64($0) })),
      ("winnerCriteria", JSONValue(winnerCriteria)),
      ("translationParent", JSONValue(translationParent)), ("template", JSONValue(template)),
      ("isPublished", .boolean(isPublished)),
    ]
  }

  package func changes(from before: PageValues) -> [String: JSONValue] {
    var changes = memberChanges(from: before)
    if html != before.html { changes["customHtml"] = .string("changed") }
    return changes
  }
}
