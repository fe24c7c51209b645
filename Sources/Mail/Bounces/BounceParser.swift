import CSodium
import Foundation
import Primitives
import Transfer

/// Parses delivery status notifications (RFC 3464, RFC 6533), complaints (RFC 5965), and the reports of programs that
/// write none of these. Accepts any input.
enum BounceParser {
  /// The maximum number of bytes of a message that are parsed.
  static let longest = 4 << 20

  /// Returns the reports in a message, one for each recipient. Automatic replies and other messages have none
  /// (EML-422).
  static func reports(_ message: [UInt8], now: Date) -> [BounceReport] {
    let whole = MessagePart(message.prefix(longest))
    let parts = whole.all(depth: 0)
    let hash = BounceHash.find(whole, parts)
    let key = key(of: message, whole)
    if let feedback = parts.first(where: { $0.type == "message/feedback-report" }) {
      return complaint(feedback, hash, key: key, now: now)
    }
    if let status = parts.first(where: { statuses.contains($0.type) }) {
      return notifications(status, hash, key: key, now: now)
    }
    return BounceText.findings(whole, parts, hasHash: hash != nil).enumerated().map {
      index, found in
      BounceReport(
        found.reply, isFinal: true, key: "\(key)#\(index)", address: found.address, hash: hash,
        reason: found.reason, at: now)
    }
  }

  private static let statuses = ["message/delivery-status", "message/global-delivery-status"]

  private static func complaint(
    _ feedback: MessagePart, _ hash: UUID?, key: String, now: Date
  ) -> [BounceReport] {
    let fields = MessagePart.headers(feedback.body)
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

  private static func notifications(
    _ status: MessagePart, _ hash: UUID?, key: String, now: Date
  ) -> [BounceReport] {
    // The first block is about the message, each of the others about one recipient.
    let blocks = status.body.split(separator: "\n\n", maxSplits: 200).prefix(200)
    var reports: [BounceReport] = []
    for (index, block) in blocks.enumerated() {
      let fields = MessagePart.headers(String(block))
      guard let recipient = recipient(fields), let isFinal = isFinal(fields) else { continue }
      reports.append(
        BounceReport(
          SMTPReply(status: fields["status"], diagnostic: fields["diagnostic-code"]),
          isFinal: isFinal, key: "\(key)#\(index)", address: recipient, hash: hash,
          reason: fields["diagnostic-code"] ?? fields["status"] ?? "returned", at: now))
    }
    return reports
  }

  /// Returns the address that was written to: the original recipient if it is given, since the final one may be
  /// where the owner's messages are forwarded.
  private static func recipient(_ fields: [String: String]) -> String? {
    let told = [fields["original-recipient"], fields["final-recipient"]].compactMap(\.self)
      .map(address)
    return told.first { EmailAddress.isValid($0) } ?? told.last
  }

  /// Whether the message is given up; nil if it has arrived.
  private static func isFinal(_ fields: [String: String]) -> Bool? {
    // A comment may follow the action.
    switch fields["action"]?.lowercased().prefix(while: \.isLetter) {
    case "failed": return true
    case "delayed": return false
    case "delivered", "relayed", "expanded": return nil
    default:
      let kind = fields["status"].flatMap { SMTPReply.Status($0) }?.kind
      return kind == 5 ? true : kind == 4 ? false : nil
    }
  }

  /// Extracts the address from `rfc822; kim@example.com`.
  private static func address(_ field: String) -> String {
    let text = field.split(separator: ";", maxSplits: 1).last.map(String.init) ?? field
    return text.trimmingCharacters(in: CharacterSet(charactersIn: " <>\t\""))
  }

  private static func key(of message: [UInt8], _ whole: MessagePart) -> String {
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
}

extension BounceReport {
  /// Creates a report of what a server said. It is judged as in a dialogue (EML-221): only a reply about the address is
  /// hard.
  init(
    _ reply: SMTPReply, isFinal: Bool, key: String, address: String?, hash: UUID?, reason: String,
    at: Date
  ) {
    let verdict = isFinal ? reply.verdict(at: .recipient) : .passing
    self.init(
      key: key, kind: verdict == .address ? .hard : .soft, address: address, hash: hash,
      reason: reason, at: at)
    isAboutRecipient = verdict != .sender && verdict != .message
    // A full mailbox may have room for the next message.
    self.isFinal = verdict != .passing
  }
}
