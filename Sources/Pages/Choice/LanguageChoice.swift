import Primitives

/// The languages that a browser asks for, the most wanted first (RFC 9110, 12.5.4).
struct LanguageChoice: Sendable {
  /// Languages as `de` and `de-at`; `*` stands for any.
  let wanted: [String]
  /// The maximum number of languages that count.
  private static let limit = 20

  /// Reads a header `Accept-Language`. What is malformed is passed over.
  init(_ header: String) {
    var ranked: [(language: String, rank: Double)] = []
    for part in header.split(separator: ",").prefix(Self.limit) {
      let pieces = part.split(separator: ";").map { String($0).trimmingBlanks() }
      guard let first = pieces.first, !first.isEmpty else { continue }
      var rank = 1.0
      for piece in pieces.dropFirst() where piece.lowercased().hasPrefix("q=") {
        rank = Double(piece.dropFirst(2)) ?? 0
      }
      if rank > 0 { ranked.append((Self.normal(first), min(rank, 1))) }
    }
    // Equals stay in the order in which they were sent.
    wanted = ranked.enumerated().sorted {
      ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset)
    }.map(\.element.language)
  }

  /// A language in the form in which languages are compared.
  static func normal(_ language: String) -> String {
    language.lowercased().replacing("_", with: "-")
  }

  private static func base(_ language: String) -> Substring { language.prefix { $0 != "-" } }

  /// Returns the page to show: the first in the most wanted language there is, exactly or of the same base language.
  ///
  /// - Parameter pages: The pages that say the same, the one that was asked for first: it is shown where no language
  ///   fits.
  func pick(_ pages: [PageOutline]) -> PageOutline? {
    for language in wanted {
      if language == "*" { break }
      let exact = pages.first { Self.normal($0.language) == language }
      if let exact { return exact }
      let close = pages.first { Self.base(Self.normal($0.language)) == Self.base(language) }
      if let close { return close }
    }
    return pages.first
  }
}
