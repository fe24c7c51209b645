import Foundation

/// What a visitor of an address is shown, before anything is read of the content.
package struct PageChoice: Sendable {
  /// What becomes of a request.
  package enum Outcome: Sendable, Equatable {
    /// There is nothing at the address.
    case nothing
    /// The page is not published, and its visitors are sent on.
    case moved(to: String, PageRedirect)
    /// The page in the visitor's language is at its own address.
    case translation(PageOutline)
    /// The page; in a test of variants with the page that is tested.
    case page(PageOutline, tested: Int64?)
  }

  /// The pages that say the same in other languages, and the variants of all of them.
  let family: [PageOutline]
  let address: PageAddress
  /// The instant of the request.
  let now: Date

  /// Decides on a request.
  ///
  /// - Parameters:
  ///   - languages: The header `Accept-Language`; nil where the visitor has chosen the language.
  ///   - shown: The variants that the visitor was shown before, by the id of the tested page.
  ///   - random: Decides on the variant of a new visitor.
  func decide(
    languages: String?, shown: [Int64: Int64], using random: inout some RandomNumberGenerator
  ) -> Outcome {
    guard let asked = family.first(where: address.names) else { return .nothing }
    var languages = languages
    for qualifier in address.qualifiers where qualifier != asked.category?.lowercased() {
      let spoken = [asked] + translations(of: asked)
      guard spoken.contains(where: { Self.isSpoken(qualifier, $0) }) else { return .nothing }
      languages = qualifier
    }
    guard asked.isOpen(at: now) else {
      guard let redirect = asked.redirect, let url = asked.redirectURL else { return .nothing }
      return .moved(to: url, redirect)
    }
    // A request for a variant by its own address gets it.
    guard asked.variantParent == nil else { return .page(asked, tested: nil) }
    if let languages {
      let open = [asked] + translations(of: asked).filter { $0.isOpen(at: now) }
      if let best = LanguageChoice(languages).pick(open), best.id != asked.id {
        return .translation(best)
      }
    }
    let variants = family.filter { $0.variantParent == asked.id && $0.isOpen(at: now) }
    guard !variants.isEmpty else { return .page(asked, tested: nil) }
    let versions = [asked] + variants
    if let known = versions.first(where: { $0.id == shown[asked.id] }) {
      return .page(known, tested: asked.id)
    }
    return .page(Self.pick(asked, variants, using: &random), tested: asked.id)
  }

  private func translations(of page: PageOutline) -> [PageOutline] {
    guard page.variantParent == nil else { return [] }
    return family.filter { $0.id != page.id && $0.variantParent == nil }
  }

  private static func isSpoken(_ language: String, _ page: PageOutline) -> Bool {
    LanguageChoice.normal(page.language) == LanguageChoice.normal(language)
  }

  /// Returns a version by the weights, which are percentages: the tested page has what the variants leave, and with it
  /// the shares of those that are not shown.
  static func pick(
    _ page: PageOutline, _ variants: [PageOutline], using random: inout some RandomNumberGenerator
  ) -> PageOutline {
    var place = Int.random(in: 0..<100, using: &random)
    for variant in variants {
      place -= variant.weight ?? 0
      if place < 0 { return variant }
    }
    return page
  }
}
