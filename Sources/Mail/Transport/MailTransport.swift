import Foundation
import Transfer

/// A message for the transport.
struct OutgoingMessage: Sendable {
  /// The hash of the send; the same on every attempt.
  var hash: UUID
  /// The address for bounces.
  var sender: String
  var recipient: String
  /// The addresses that get a copy.
  var copies: [String]
  var content: [UInt8]
  /// Whether it may have been handed over before.
  var isRepeated: Bool
}

/// The outcome of handing over a message.
enum DeliveryOutcome: Sendable, Equatable {
  case accepted
  /// The recipient's address is refused permanently (EML-221).
  case refusedRecipient(String)
  /// The message is refused permanently.
  case refusedMessage(String)
  /// The message is refused permanently because of its sender or the sending host.
  case refusedSender(String)
  /// The refusal is temporary.
  case later(String)
  /// The transport is out of reach; the messages behind are not tried.
  case down(String)
  /// The outcome is unknown (EML-220).
  case unknown(String)
}

/// A transport for messages.
protocol MailTransport: Sendable {
  /// Whether handing the same message over twice has the effect of once.
  var isIdempotent: Bool { get }
  /// The number of messages that a worker claims at once (EML-223).
  var groupSize: Int { get }
  /// Hands messages over; returns the outcomes in the same order.
  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome]
}

extension MailTransport {
  /// Returns the number of messages to claim at once: no more than go out within a second, so that unsubscribing
  /// takes effect meanwhile (EML-409).
  func groupSize(_ settings: MailSettings) -> Int {
    settings.perSecond > 0 ? max(1, min(groupSize, settings.perSecond / 2)) : groupSize
  }
}

/// Creates transports from their addresses.
package enum MailTransports {
  /// Whether an address names a transport: `smtp://…`, `smtps://…`, `maildir:PATH`.
  package static func isAddress(_ address: String) -> Bool { make(address) != nil }

  static func make(_ address: String) -> (any MailTransport)? {
    if address.hasPrefix("maildir:") {
      let path = String(address.dropFirst("maildir:".count))
      return path.isEmpty ? nil : MaildirTransport(path: path)
    }
    return SMTPServer(url: address).map { SMTPTransport($0) }
  }
}
