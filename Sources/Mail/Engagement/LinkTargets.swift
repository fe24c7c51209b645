import Fields
package import Foundation
import Postgres
import Primitives

/// The target of a tracked link (EML-353, EML-354).
package struct LinkTarget: Sendable {
  /// The link's id.
  package var link: Int64
  /// The complete URL.
  package var url: String
  /// The URL without the reference, which is not kept anywhere.
  package var page: String
  /// The hash of the send in the reference; nil without a valid reference.
  package var hash: UUID?
}

/// Looks up tracked links: one indexed read, two if a target depends on the contact (EML-357).
package struct LinkTargets: Sendable {
  let pool: PostgresPool
  let fields: FieldStore
  let site: String
  let signer: LinkSigner

  /// Returns the target of a link.
  ///
  /// - Parameters:
  ///   - key: The link's key; any text.
  ///   - reference: The parameter `ct` of the request; any text. It is handed on to pages of this site.
  ///   - parameters: The other parameters of the request, which are added to the URL.
  /// - Returns: The target; nil for an unknown or unpublished link, or a target that is not an address.
  /// - Throws: `PostgresError`.
  package func find(
    _ key: String, reference: String?, parameters: [(String, String)]
  ) async throws -> LinkTarget? {
    guard (1...64).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return nil
    }
    let rows = try await pool.query(
      """
      SELECT l.id, l.url, e.utm_source, e.utm_medium, e.utm_campaign, e.utm_content
      FROM links l LEFT JOIN emails e ON l.channel = 'email' AND e.id = l.channel_id
      WHERE l.key = \(key) AND l.is_published
      """)
    guard let row = rows.first else { return nil }
    let opened = reference.flatMap { signer.openClickthrough($0) }
    var utm = UTMValues()
    utm.source = try row.decode("utm_source")
    utm.medium = try row.decode("utm_medium")
    utm.campaign = try row.decode("utm_campaign")
    utm.content = try row.decode("utm_content")
    let pieces = TokenScanner.pieces(try row.decode("url", as: String.self))
    let tags = utm.pairs.map { ($0, TokenScanner.pieces($1)) }
    let person = try await person(pieces + tags.flatMap(\.1), contact: opened?.contact)
    var url = LinkForm.tidied(Self.fill(pieces, person))
    guard Self.isWebAddress(url) else { return nil }
    var more = tags.map { ($0, Self.text($1, person)) }
    more += parameters.filter { $0.0 != "ct" }
    // Who holds the reference acts as the contact: it goes to our own pages alone.
    let page = LinkForm.adding(more, to: url)
    if opened != nil, let reference, LinkForm.isOwn(url, site: site) {
      more.append(("ct", reference))
    }
    url = LinkForm.adding(more, to: url)
    return LinkTarget(link: try row.decode("id"), url: url, page: page, hash: opened?.hash)
  }

  /// Returns the values that a target needs; none if it needs none or the contact is unknown.
  private func person(_ pieces: [TemplateFragment], contact: Int64?) async throws -> [String:
    String]
  {
    let aliases = pieces.compactMap { piece -> String? in
      if case .field(let token) = piece { token.alias } else { nil }
    }
    guard !aliases.isEmpty, let contact else { return [:] }
    let reader = ProfileColumns(
      aliases: aliases, usesOwner: false, fields: try await fields.current())
    let rows = try await pool.query(
      """
      SELECT \(sql: reader.columns) FROM contacts c \(sql: reader.joins) WHERE c.id = \(contact)
      """)
    return try rows.first.map { try ProfileColumns.person($0, aliases: aliases).fields } ?? [:]
  }

  /// Returns a target with its values. At the beginning a value is an address itself; elsewhere it is encoded.
  static func fill(_ pieces: [TemplateFragment], _ values: [String: String]) -> String {
    var url = ""
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): url += String(decoding: bytes, as: UTF8.self)
      case .field(let token):
        let value = values[token.alias] ?? token.fallback
        let scheme = url.lowercased()
        if url.isEmpty {
          url += value.contains("://") || value.isEmpty ? value : "http://\(value)"
        } else if scheme == "http://" || scheme == "https://" {
          // The host, possibly with a scheme of its own.
          url += value.split(separator: "://").last.map(String.init) ?? ""
        } else {
          url += MessageLinks.encoded(value)
        }
      case .custom(_, let original): url += String(decoding: original, as: UTF8.self)
      default: break
      }
    }
    return url
  }

  private static func text(_ pieces: [TemplateFragment], _ values: [String: String]) -> String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .bytes(let bytes): text += String(decoding: bytes, as: UTF8.self)
      case .field(let token): text += values[token.alias] ?? token.fallback
      case .custom(_, let original): text += String(decoding: original, as: UTF8.self)
      default: break
      }
    }
  }

  /// Whether a text is allowed in the header Location.
  static func isWebAddress(_ url: String) -> Bool {
    let lower = url.lowercased()
    guard lower.hasPrefix("http://") || lower.hasPrefix("https://"), url.utf8.count <= 16_384,
      url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { return false }
    let host = lower.drop { $0 != ":" }.dropFirst(3).prefix { !"/?#".contains($0) }
    return !host.isEmpty
  }
}
