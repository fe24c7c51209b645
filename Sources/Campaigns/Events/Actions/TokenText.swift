import Fields
import Foundation
import Postgres

/// A text with tokens of contacts: `{contactfield=alias}`, `{contactfield=alias|default}`, `{ipAddress}`
/// (CAM-450). Anything else in braces stays as it is.
struct TokenText: Sendable, Equatable {
  private enum Piece: Sendable, Equatable {
    case text(String)
    case token(name: String, fallback: String)
  }
  private let pieces: [Piece]

  /// Parses a text once for many contacts.
  init(_ text: String) {
    var pieces: [Piece] = []
    var rest = text[...]
    var plain = ""
    while let open = rest.firstIndex(of: "{") {
      plain += rest[..<open]
      let inside = rest[rest.index(after: open)...]
      guard let close = inside.firstIndex(of: "}"), let token = Self.token(inside[..<close]) else {
        plain.append("{")
        rest = inside
        continue
      }
      if !plain.isEmpty { pieces.append(.text(plain)) }
      plain = ""
      pieces.append(token)
      rest = inside[inside.index(after: close)...]
    }
    plain += rest
    if !plain.isEmpty { pieces.append(.text(plain)) }
    self.pieces = pieces
  }

  private static func token(_ text: Substring) -> Piece? {
    if text == "ipAddress" { return .token(name: "ipAddress", fallback: "") }
    for prefix in ["contactfield=", "leadfield=", "companyfield="] where text.hasPrefix(prefix) {
      let parts = text.dropFirst(prefix.count).split(
        separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0]
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        return nil
      }
      let fallback = parts.count > 1 ? String(parts[1]) : ""
      // These are formats and never a default (EML-203).
      let isFormat = ["true", "date", "time", "datetime"].contains(fallback)
      return .token(name: String(name), fallback: isFormat ? "" : fallback)
    }
    return nil
  }

  /// The names of the tokens.
  var names: Set<String> {
    Set(pieces.compactMap { if case .token(let name, _) = $0 { name } else { nil } })
  }

  /// Whether it has no tokens.
  var isConstant: Bool { names.isEmpty }

  /// Returns the text for a contact. Inserted values are not searched for tokens again.
  func filled(_ values: [String: String], _ encode: (String) -> String = { $0 }) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .token(let name, let fallback):
        encode(values[name].flatMap { $0.isEmpty ? nil : $0 } ?? fallback)
      }
    }.joined()
  }
}
