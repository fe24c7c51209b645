import Foundation
import Transfer

/// A message on its way to the outside.
struct OutgoingMessage: Sendable {
  /// Tells the send; the same on every attempt.
  var hash: UUID
  /// Where refusals go.
  var sender: String
  var recipient: String
  /// Who gets the same beside the recipient.
  var copies: [String]
  var content: [UInt8]
  /// Whether it may have been handed over before.
  var isRepeated: Bool
}

/// What became of a message at the transport.
enum DeliveryOutcome: Sendable, Equatable {
  case accepted
  /// The recipient's address is refused for good (EML-221).
  case refusedRecipient(String)
  /// The message is refused for good.
  case refusedMessage(String)
  /// Refused for now.
  case later(String)
  /// The transport is out of reach: what comes behind is not even tried.
  case down(String)
  /// Nobody knows (EML-220).
  case unknown(String)
}

/// What hands messages to the outside.
protocol MailTransport: Sendable {
  /// Whether handing the same message over twice has the effect of once.
  var isIdempotent: Bool { get }
  /// How many messages a worker claims at once (EML-223).
  var groupSize: Int { get }
  /// Hands messages over; the outcomes are in the same order.
  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome]
}

extension MailTransport {
  /// Messages to be claimed at once at a rate: never more than go out within a second, so that whoever
  /// unsubscribes meanwhile is heard (EML-409).
  func groupSize(_ settings: MailSettings) -> Int {
    settings.perSecond > 0 ? max(1, min(groupSize, settings.perSecond / 2)) : groupSize
  }
}

/// Makes a transport of its address.
package enum MailTransports {
  /// Whether an address is one of a transport: `smtp://…`, `smtps://…`, `maildir:PATH`.
  package static func isAddress(_ address: String) -> Bool { make(address) != nil }

  static func make(_ address: String) -> (any MailTransport)? {
    if address.hasPrefix("maildir:") {
      let path = String(address.dropFirst("maildir:".count))
      return path.isEmpty ? nil : MaildirTransport(path: path)
    }
    return SMTPServer(url: address).map { SMTPTransport($0) }
  }
}
