import Fields
import Foundation
import Postgres
import Segments

/// A text with tokens of contacts: `{contactfield=alias}`, `{contactfield=alias|default}`, `{ipAddress}`
/// (CAM-450), and of the instant: `{date=today}`, `{datetime=now}` (CAM-455). Anything else in braces stays as it is.
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
    if let name = Moment.token(text) { return .token(name: name, fallback: "") }
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

/// The instant and the zone of tokens that name a date.
struct Moment: Sendable {
  let now: Date
  let zone: TimeZone

  private static let types: [(prefix: String, type: FieldType)] = [
    ("datetime=", .datetime), ("date=", .date),
  ]

  /// Returns the name of a token in braces if it names a date in the words of filters.
  static func token(_ text: Substring) -> String? {
    let moment = Moment(now: Date(timeIntervalSince1970: 0), zone: .gmt)
    return moment.value(of: String(text)) == nil ? nil : String(text)
  }

  /// Returns the values of those names that are tokens of dates.
  func values(of names: Set<String>) -> [String: String] {
    names.reduce(into: [:]) { $0[$1] = value(of: $1) }
  }

  /// Returns the value of a token by its name; nil for one that names no date.
  func value(of name: String) -> String? {
    for (prefix, type) in Self.types where name.hasPrefix(prefix) {
      return RelativeDate.value(
        String(name.dropFirst(prefix.count)), for: type, zone: zone, now: now)
    }
    return nil
  }
}

extension CampaignTransaction {
  /// The instant of this transaction, in the default zone.
  var moment: Moment { Moment(now: now, zone: settings.timeZone) }

  /// Returns the values of tokens for contacts.
  func tokens(_ names: Set<String>, of contacts: [Int64]) async throws -> [Int64: [String: String]]
  {
    try await TokenStore.read(
      contacts, names: names, shared: moment.values(of: names), fields: engine.fields,
      on: connection)
  }
}
