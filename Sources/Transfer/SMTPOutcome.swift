/// One message for one recipient.
package struct SMTPMessage: Sendable {
  /// The address for bounces.
  package var sender: String
  /// The recipient's address.
  package var recipient: String
  /// The message with its headers; lines end with CR LF.
  package var content: [UInt8]

  package init(sender: String, recipient: String, content: [UInt8]) {
    self.sender = sender
    self.recipient = recipient
    self.content = content
  }
}

/// The result of sending a message.
package enum SMTPOutcome: Sendable, Equatable {
  /// The cause of a refusal.
  package enum Subject: Sendable, Equatable {
    /// The recipient.
    case recipient
    /// The message.
    case message
    /// The sending side: its address, its name, its reputation.
    case sender
    /// The server itself: it cannot be reached, or takes no message at all.
    case connection
  }

  /// The server has accepted the message.
  case accepted(reply: String)
  /// The server did not accept it, and said so or was never asked. What happened while this message was handed over
  /// says nothing about the next one, except for `connection`.
  case refused(Subject, isPermanent: Bool, reason: String)
  /// All of it was sent and no reply came: the result is unknown.
  case unknown(reason: String)
}
