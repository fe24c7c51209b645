/// One message for one recipient.
package struct SMTPMessage: Sendable {
  /// The address that refusals are sent to.
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

/// What became of a message.
package enum SMTPOutcome: Sendable, Equatable {
  /// What a refusal is about.
  package enum Subject: Sendable, Equatable {
    /// The recipient's address.
    case recipient
    /// The sender or the message.
    case message
    /// The server altogether: it is not reached, or does not want to talk now.
    case connection
  }

  /// The server has taken the message over.
  case accepted(reply: String)
  /// The server did not take it over, and said so or was never asked.
  case refused(Subject, isPermanent: Bool, reason: String)
  /// All of it was sent and no answer came: nobody knows.
  case unknown(reason: String)
}
