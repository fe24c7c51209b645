import Contacts
package import Foundation
package import Primitives

/// The input for an e-mail; nil leaves a value as it is, an inner nil clears it.
package struct EmailInput: Sendable {
  /// See ``EmailValues``.
  package var name: String?
  /// See ``EmailValues``.
  package var description: String?
  /// See ``EmailValues``.
  package var category: Int64??
  /// See ``EmailValues``; as text, since any value may come.
  package var type: String?
  /// See ``EmailValues``.
  package var subject: String?
  /// See ``EmailValues``.
  package var preheader: String?
  /// See ``EmailValues``.
  package var html: String?
  /// See ``EmailValues``.
  package var plainText: String?
  /// See ``EmailValues``.
  package var template: String?
  /// See ``EmailValues``.
  package var fromName: String?
  /// See ``EmailValues``.
  package var fromAddress: String?
  /// See ``EmailValues``.
  package var replyTo: String?
  /// See ``EmailValues``.
  package var bcc: String?
  /// See ``EmailValues``.
  package var usesOwner: Bool??
  /// The parameters `utmSource`, `utmMedium`, `utmCampaign` and `utmContent`.
  package var utm: [String: String?]?
  /// See ``EmailValues``.
  package var headers: [String: String]?
  /// See ``EmailValues``.
  package var language: String?
  /// See ``EmailValues``.
  package var translationParent: Int64??
  /// See ``EmailValues``.
  package var variantParent: Int64??
  /// See ``EmailValues``.
  package var variantWeight: Int??
  /// See ``EmailValues``; as text, since any value may come.
  package var winnerCriteria: String?
  /// See ``EmailValues``.
  package var publicPreview: Bool?
  /// See ``EmailValues``.
  package var isPublished: Bool?
  /// See ``EmailValues``.
  package var publishUp: Date??
  /// See ``EmailValues``.
  package var publishDown: Date??
  /// See ``EmailValues``.
  package var unsubscribeForm: Int64??
  /// See ``EmailValues``.
  package var preferenceCenter: Int64??
  /// See ``EmailValues``.
  package var dynamicContent: JSONValue?
  /// See ``EmailValues``.
  package var assets: [Int64]?
  /// See ``EmailValues``.
  package var segments: [Int64]?
  /// See ``EmailValues``.
  package var excludedSegments: [Int64]?

  /// Creates an empty input.
  package init() {}

  /// Returns the resulting values: the given ones, else the old ones, or the defaults with `replacing`.
  func applied(to old: EmailValues?, replacing: Bool) throws(InvalidInput) -> EmailValues {
    var values = replacing ? EmailValues() : old ?? EmailValues()
    func text(_ given: String?, _ member: WritableKeyPath<EmailValues, String?>) {
      if let given { values[keyPath: member] = given.isEmpty ? nil : given }
    }
    if let name { values.name = CleanText.plain(name) }
    if let subject { values.subject = CleanText.plain(subject) }
    text(description.map(CleanText.html), \.description)
    if let category { values.category = category }
    if let type {
      guard let known = EmailType(rawValue: type) else {
        throw InvalidInput("emailType", "\(InvalidInput.shown(type)) is none of template, list")
      }
      values.type = known
    }
    text(preheader.map(CleanText.plain), \.preheader)
    text(html, \.html)
    text(plainText, \.plainText)
    text(template.map(CleanText.plain), \.template)
    text(fromName.map(CleanText.plain), \.fromName)
    text(fromAddress?.trimmingBlanks(), \.fromAddress)
    text(replyTo?.trimmingBlanks(), \.replyTo)
    text(bcc?.trimmingBlanks(), \.bcc)
    if let usesOwner { values.usesOwner = usesOwner }
    if let utm {
      for (name, value) in utm {
        let value = value.map { $0.trimmingBlanks() }.flatMap { $0.isEmpty ? nil : $0 }
        switch name {
        case "utmSource": values.utm.source = value
        case "utmMedium": values.utm.medium = value
        case "utmCampaign": values.utm.campaign = value
        case "utmContent": values.utm.content = value
        default: break
        }
      }
    }
    if let headers { values.headers = headers }
    if let language = language?.trimmingBlanks(), !language.isEmpty { values.language = language }
    if let translationParent { values.translationParent = translationParent }
    if let variantParent { values.variantParent = variantParent }
    if let variantWeight { values.variantWeight = variantWeight }
    if let winnerCriteria { values.winnerCriteria = try Self.criteria(winnerCriteria) }
    if let publicPreview { values.publicPreview = publicPreview }
    if let isPublished { values.isPublished = isPublished }
    if let publishUp { values.publishUp = publishUp }
    if let publishDown { values.publishDown = publishDown }
    if let unsubscribeForm { values.unsubscribeForm = unsubscribeForm }
    if let preferenceCenter { values.preferenceCenter = preferenceCenter }
    if let dynamicContent { values.dynamicContent = dynamicContent }
    if let assets { values.assets = assets }
    if let segments { values.segments = segments.unique }
    if let excludedSegments { values.excludedSegments = excludedSegments.unique }
    // A translation or variant goes to its parent's recipients.
    if values.type == .template { (values.segments, values.excludedSegments) = ([], []) }
    return values
  }

  private static func criteria(_ text: String) throws(InvalidInput) -> WinnerCriteria? {
    guard !text.isEmpty else { return nil }
    if let known = WinnerCriteria(rawValue: text) { return known }
    let names = WinnerCriteria.allCases.map(\.rawValue).joined(separator: ", ")
    throw InvalidInput(
      "variantSettings", "the winnerCriteria \(InvalidInput.shown(text)) is none of \(names)")
  }
}

extension [Int64] {
  /// The elements in order, without duplicates.
  fileprivate var unique: [Int64] {
    var seen: Set<Int64> = []
    return filter { seen.insert($0).inserted }
  }
}
