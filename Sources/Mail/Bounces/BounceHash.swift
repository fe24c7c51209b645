import Foundation

/// Finds the send that a returned message belongs to (EML-420).
enum BounceHash {
  /// The types of the part with the returned message or its headers.
  private static let returned = [
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
    "message/global-headers",
  ]

  /// Returns the hash in the address that the message was sent to, else in the Message-ID of the returned message.
  static func find(_ whole: MessagePart, _ parts: [MessagePart]) -> UUID? {
    for name in ["delivered-to", "x-original-to", "to", "envelope-to"] {
      if let found = whole.headers[name].flatMap(inAddress) { return found }
    }
    for part in parts where returned.contains(part.type) {
      let id = MessagePart.headers(part.body)["message-id"] ?? ""
      if let found = inMessageID(id) { return found }
    }
    // A program that writes no report puts the returned message behind its own words.
    for part in parts where part.type == "text/plain" {
      for line in part.body.split(separator: "\n").prefix(2000) {
        let line = line.drop { $0 == ">" || $0 == " " }
        guard line.prefix(11).lowercased() == "message-id:" else { continue }
        if let found = inMessageID(String(line.dropFirst(11))) { return found }
      }
    }
    return nil
  }

  /// Extracts the hash from `bounces+HASH@example.com`.
  private static func inAddress(_ text: String) -> UUID? {
    for word in text.split(whereSeparator: { " <>,\t".contains($0) }) {
      guard let plus = word.lastIndex(of: "+"), let at = word.lastIndex(of: "@"), plus < at else {
        continue
      }
      if let hash = SendHash.parse(word[word.index(after: plus)..<at]) { return hash }
    }
    return nil
  }

  /// Extracts the hash from `<HASH@example.com>`.
  static func inMessageID(_ text: String) -> UUID? {
    let inner = text.trimmingCharacters(in: CharacterSet(charactersIn: " <>\t"))
    return SendHash.parse(inner.prefix { $0 != "@" })
  }
}
