package import Postgres

/// The addresses of landing pages and assets, which belong to modules above mail (EML-207).
package struct ObjectAddresses: Sendable {
  /// Returns the addresses of records by id; unknown ids are left out.
  package typealias Find = @Sendable ([Int64], PostgresConnection) async throws -> [Int64: String]

  private let find: [ObjectToken.Kind: Find]
  /// The maximum number of records of a kind that an e-mail names; further ones are nothing.
  private static let limit = 1_000

  /// Creates the addresses.
  ///
  /// - Parameters:
  ///   - pages: Finds those of landing pages.
  ///   - assets: Finds those of assets.
  package init(pages: @escaping Find, assets: @escaping Find) {
    find = [.page: pages, .asset: assets]
  }

  private init() { find = [:] }

  /// None: the tokens of such objects are nothing.
  package static let none = ObjectAddresses()

  /// Returns texts with the addresses in the place of their tokens. Tokens of unknown objects stay, and are nothing when
  /// the message is made.
  ///
  /// - Throws: `PostgresError`.
  func fill(_ texts: [String?], on connection: PostgresConnection) async throws -> [String?] {
    let found = texts.map { text in text.map { ObjectToken.all(in: Array($0.utf8)) } ?? [] }
    var addresses: [ObjectToken.Kind: [Int64: String]] = [:]
    for (kind, find) in find {
      let ids = Set(found.joined().filter { $0.kind == kind }.map(\.id)).sorted()
      guard !ids.isEmpty else { continue }
      addresses[kind] = try await find(Array(ids.prefix(Self.limit)), connection)
    }
    guard !addresses.isEmpty else { return texts }
    return zip(texts, found).map { text, tokens in
      text.map { Self.replacing(tokens, in: Array($0.utf8), by: addresses) }
    }
  }

  private static func replacing(
    _ tokens: [ObjectToken], in text: [UInt8], by addresses: [ObjectToken.Kind: [Int64: String]]
  ) -> String {
    var output: [UInt8] = []
    var position = 0
    for token in tokens {
      guard let address = addresses[token.kind]?[token.id] else { continue }
      output.append(contentsOf: text[position..<token.range.lowerBound])
      output.append(contentsOf: address.utf8)
      position = token.range.upperBound
    }
    output.append(contentsOf: text[position...])
    return String(decoding: output, as: UTF8.self)
  }
}

/// A token `{pagelink=ID}` or `{assetlink=ID}`, also with its braces percent-encoded.
struct ObjectToken: Sendable, Equatable {
  enum Kind: String, Sendable, CaseIterable {
    case page = "pagelink="
    case asset = "assetlink="
  }

  var kind: Kind
  var id: Int64
  var range: Range<Int>

  /// The tokens of a text, in order.
  static func all(in text: [UInt8]) -> [ObjectToken] {
    var tokens: [ObjectToken] = []
    var position = 0
    while position < text.count {
      // Most bytes begin nothing.
      if text[position] != UInt8(ascii: "{"), text[position] != UInt8(ascii: "%") {
        position += 1
      } else if let token = token(text, at: position) {
        tokens.append(token)
        position = token.range.upperBound
      } else {
        position += 1
      }
    }
    return tokens
  }

  private static func token(_ text: [UInt8], at start: Int) -> ObjectToken? {
    for (open, close) in [("{", "}"), ("%7b", "%7d")] {
      guard matches(open, text, at: start) else { continue }
      for kind in Kind.allCases where matches(kind.rawValue, text, at: start + open.utf8.count) {
        let first = start + open.utf8.count + kind.rawValue.utf8.count
        let digits = text[first...].prefix { (0x30...0x39).contains($0) }
        guard let id = Int64(String(decoding: digits, as: UTF8.self)),
          matches(close, text, at: digits.endIndex)
        else { return nil }
        return ObjectToken(
          kind: kind, id: id, range: start..<(digits.endIndex + close.utf8.count))
      }
    }
    return nil
  }

  /// Whether small letters stand at a position, in any case.
  private static func matches(_ word: String, _ text: [UInt8], at start: Int) -> Bool {
    guard start + word.utf8.count <= text.count else { return false }
    return zip(word.utf8, text[start...]).allSatisfy { small, byte in
      small == byte || (0x41...0x5A).contains(byte) && small == byte | 0x20
    }
  }
}
