package import Contacts

/// The parameters added to URLs, which tell a site where its visitors come from.
package struct UTMValues: Sendable, Equatable {
  /// `utm_source`
  package var source: String?
  /// `utm_medium`
  package var medium: String?
  /// `utm_campaign`
  package var campaign: String?
  /// `utm_content`
  package var content: String?

  /// Creates values without parameters.
  package init() {}

  /// Sets the parameters that are given by their names on the wire, such as `utmSource`; null and an empty text remove one.
  ///
  /// - Throws: `InvalidInput`.
  package mutating func set(_ given: [String: String?]) throws(InvalidInput) {
    for (name, path) in [
      ("utmSource", \UTMValues.source), ("utmMedium", \.medium), ("utmCampaign", \.campaign),
      ("utmContent", \.content),
    ] as [(String, WritableKeyPath<UTMValues, String?>)] {
      guard let value = given[name] else { continue }
      self[keyPath: path] = try RecordText.optional(value ?? "", "utmTags", limit: 255)
    }
  }

  /// The names and values of the parameters that are set.
  var pairs: [(String, String)] {
    [
      ("utm_source", source), ("utm_medium", medium), ("utm_campaign", campaign),
      ("utm_content", content),
    ].compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, $0) } }
  }
}
