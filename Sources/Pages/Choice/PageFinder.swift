package import Foundation
package import Postgres

/// Finds the pages of addresses, for visitors.
package struct PageFinder: Sendable {
  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Returns what a visitor is shown at an address.
  ///
  /// - Parameters:
  ///   - address: The address.
  ///   - languages: The header `Accept-Language`; nil where the visitor has chosen the language.
  ///   - shown: The variants that the visitor was shown before, by the id of the tested page.
  ///   - now: The instant of the request.
  /// - Throws: `PostgresError`.
  package func find(
    _ address: PageAddress, languages: String?, shown: [Int64: Int64], now: Date
  ) async throws -> PageChoice.Outcome {
    let family = try await PageOutlineStore.family(of: address, in: pool)
    var random = SystemRandomNumberGenerator()
    return PageChoice(family: family, address: address, now: now)
      .decide(languages: languages, shown: shown, using: &random)
  }

  /// Returns the page with an id, published or not; `nil` if there is none.
  ///
  /// - Throws: `PostgresError`.
  package func page(_ id: Int64) async throws -> PageOutline? {
    try await PageOutlineStore.pages([id], in: pool)[id]
  }

  /// Returns the page that an e-mail offers as its preference centre, or its translation into the e-mail's language; `nil`
  /// unless it is one and is published.
  ///
  /// - Throws: `PostgresError`.
  package func preferenceCenter(
    _ id: Int64, language: String, now: Date
  ) async throws -> PageOutline? {
    let family = try await PageOutlineStore.family(of: PageAddress(id: id), in: pool)
    guard let page = family.first(where: { $0.id == id }), page.isPreferenceCenter,
      page.isOpen(at: now)
    else { return nil }
    let others = family.filter {
      $0.id != id && $0.variantParent == nil && $0.isPreferenceCenter && $0.isOpen(at: now)
    }
    return LanguageChoice(language).pick([page] + (page.variantParent == nil ? others : []))
  }
}
