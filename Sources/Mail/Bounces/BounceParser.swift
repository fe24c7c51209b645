import CSodium
import Foundation
import Primitives

/// Parses delivery status notifications (RFC 3464, RFC 6533) and complaints (RFC 5965). Accepts any input.
enum BounceParser {
  /// The maximum number of bytes of a message that are parsed.
  static let longest = 4 << 20

  /// Returns the reports in a message, one for each recipient. Automatic replies and other messages have none
  /// (EML-422).
  static func reports(_ message: [UInt8], now: Date) -> [BounceReport] {
    let whole = Part(text(message.prefix(longest)))
    let parts = whole.all(depth: 0)
    let hash = hash(whole, parts)
    let key = key(of: message, whole)
    if let feedback = parts.first(where: { $0.type == "message/feedback-report" }) {
      let fields = Part.headers(feedback.body)
      // What a program found out about a message is not a recipient's complaint (RFC 6591).
      let kind = (fields["feedback-type"] ?? "abuse").lowercased()
      guard !["not-spam", "auth-failure", "virus"].contains(kind) else { return [] }
      let address = fields["original-rcpt-to"] ?? fields["removal-recipient"]
      return [
        BounceReport(
          key: key, kind: .complaint, address: address.map(self.address), hash: hash,
          reason: fields["feedback-type"] ?? "complaint", at: now)
      ]
    }
    guard let status = parts.first(where: { statuses.contains($0.type) }) else { return [] }
    // The first block is about the message, each of the others about one recipient.
    let blocks = status.body.split(separator: "\n\n", maxSplits: 200).prefix(200)
    var reports: [BounceReport] = []
    for (index, block) in blocks.enumerated() {
      let fields = Part.headers(String(block))
      guard let recipient = recipient(fields), let kind = kind(fields) else { continue }
      reports.append(
        BounceReport(
          key: "\(key)#\(index)", kind: kind, address: recipient, hash: hash,
          reason: fields["diagnostic-code"] ?? fields["status"] ?? "returned", at: now))
    }
    return reports
  }

  private static let statuses = ["message/delivery-status", "message/global-delivery-status"]
  /// The types of the part with the returned message or its headers.
  private static let returned = [
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
    "message/global-headers",
  ]

  /// Returns a message as text whose lines end with line feeds alone.
  private static func text(_ message: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(message.count)
    for byte in message {
      if byte == 0x0A { while bytes.last == 0x0D { bytes.removeLast() } }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the address that was written to: the original recipient if it is given, since the final one may be
  /// where the owner's messages are forwarded.
  private static func recipient(_ fields: [String: String]) -> String? {
    let told = [fields["original-recipient"], fields["final-recipient"]].compactMap(\.self)
      .map(address)
    return told.first { EmailAddress.isValid($0) } ?? told.last
  }

  /// Returns the kind of a status. Permanent failures are hard (5.x.x), except full mailboxes and failures
  /// because of the message (5.6) or the sender (5.7, as in EML-221).
  private static func kind(_ fields: [String: String]) -> BounceReport.Kind? {
    let status = (fields["status"] ?? "").prefix { $0.isNumber || $0 == "." }
    let soft = ["5.2.2", "5.2.3", "5.3.4", "5.4.7"]
    let isHard =
      status.hasPrefix("5") && !soft.contains(String(status)) && !status.hasPrefix("5.6.")
      && !status.hasPrefix("5.7.")
    // A comment may follow the action.
    switch fields["action"]?.lowercased().prefix(while: \.isLetter) {
    case "failed": return isHard ? .hard : .soft
    case "delayed": return .soft
    case "delivered", "relayed", "expanded": return nil
    default: return isHard ? .hard : status.hasPrefix("5") || status.hasPrefix("4") ? .soft : nil
    }
  }

  /// Extracts the address from `rfc822; kim@example.com`.
  private static func address(_ field: String) -> String {
    let text = field.split(separator: ";", maxSplits: 1).last.map(String.init) ?? field
    return text.trimmingCharacters(in: CharacterSet(charactersIn: " <>\t\""))
  }

  /// Returns the hash in the address that the message was sent to, else in the Message-ID of the returned
  /// message.
  private static func hash(_ whole: Part, _ parts: [Part]) -> UUID? {
    for name in ["delivered-to", "x-original-to", "to", "envelope-to"] {
      if let found = whole.headers[name].flatMap(hash(inAddress:)) { return found }
    }
    for part in parts where returned.contains(part.type) {
      let id = Part.headers(part.body)["message-id"] ?? ""
      if let found = hash(inMessageID: id) { return found }
    }
    return nil
  }

  /// Extracts the hash from `bounces+HASH@example.com`.
  private static func hash(inAddress text: String) -> UUID? {
    for word in text.split(whereSeparator: { " <>,\t".contains($0) }) {
      guard let plus = word.lastIndex(of: "+"), let at = word.lastIndex(of: "@"), plus < at else {
        continue
      }
      if let hash = SendHash.parse(word[word.index(after: plus)..<at]) { return hash }
    }
    return nil
  }

  /// Extracts the hash from `<HASH@example.com>`.
  static func hash(inMessageID text: String) -> UUID? {
    let inner = text.trimmingCharacters(in: CharacterSet(charactersIn: " <>\t"))
    return SendHash.parse(inner.prefix { $0 != "@" })
  }

  private static func key(of message: [UInt8], _ whole: Part) -> String {
    // The key is indexed, so it must not be long.
    if let id = whole.headers["message-id"], (1...300).contains(id.utf8.count),
      id.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
    {
      return "mail:\(id)"
    }
    var hash = [UInt8](repeating: 0, count: 16)
    crypto_generichash(&hash, hash.count, message, UInt64(message.count), nil, 0)
    return "mail:\(Hex.encode(hash))"
  }

  /// A part of a message.
  struct Part {
    var headers: [String: String]
    var body: String

    init(_ text: String) {
      guard let end = text.range(of: "\n\n") else {
        headers = Self.headers(text)
        body = ""
        return
      }
      headers = Self.headers(String(text[..<end.lowerBound]))
      body = String(text[end.upperBound...])
    }

    var type: String {
      (headers["content-type"] ?? "text/plain").prefix { $0 != ";" }.lowercased()
        .trimmingCharacters(in: .whitespaces)
    }

    /// Parses headers by name in lower case; the first of several with the same name counts.
    static func headers(_ text: String) -> [String: String] {
      var headers: [String: String] = [:]
      var name: String?
      let lines = text.split(separator: "\n", maxSplits: 1000, omittingEmptySubsequences: false)
      for line in lines.prefix(1000) {
        if line.isEmpty { if headers.isEmpty { continue } else { break } }
        if line.first == " " || line.first == "\t" {
          if let name { headers[name]? += " " + line.trimmingCharacters(in: .whitespaces) }
          continue
        }
        name = nil
        guard let colon = line.firstIndex(of: ":") else { continue }
        let key = line[..<colon].lowercased()
        guard headers[key] == nil else { continue }
        headers[key] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        name = key
      }
      return headers
    }

    /// Returns the part and all parts nested in it.
    func all(depth: Int) -> [Part] {
      guard depth < 8, type.hasPrefix("multipart/"), let boundary else { return [self] }
      let pieces = ("\n" + body).components(separatedBy: "\n--\(boundary)")
      var parts = [self]
      for piece in pieces.dropFirst().prefix(100) {
        if piece.hasPrefix("--") { break }
        guard let start = piece.firstIndex(of: "\n") else { continue }
        // A part without headers begins with an empty line.
        parts += Part(String(piece[start...].dropFirst())).all(depth: depth + 1)
      }
      return parts
    }

    private var boundary: String? {
      guard let type = headers["content-type"],
        let mark = type.range(of: "boundary=", options: .caseInsensitive)
      else { return nil }
      let rest = type[mark.upperBound...]
      let value =
        rest.first == "\""
        ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { $0 != ";" && $0 != " " }
      return (1...200).contains(value.utf8.count) ? String(value) : nil
    }
  }
}
