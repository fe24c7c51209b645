import Synchronization
import Transfer

/// Hands messages to an SMTP server. Sessions stay open between groups; there are as many as concurrent groups.
final class SMTPTransport: MailTransport {
  let isIdempotent = false
  let groupSize = 25
  private let server: SMTPServer
  private let resting = Mutex<[(session: SMTPSession, perConnection: Int)]>([])

  init(_ server: SMTPServer) { self.server = server }

  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome] {
    let session = take(settings.messagesPerConnection)
    defer { give(session, settings.messagesPerConnection) }
    var outcomes: [DeliveryOutcome] = []
    for message in messages {
      // Once the server is out of reach there is no point in trying further messages.
      if case .down(let reason)? = outcomes.last {
        outcomes.append(.down(reason))
        continue
      }
      outcomes.append(await deliver(message, by: session))
    }
    return outcomes
  }

  private func deliver(
    _ message: OutgoingMessage, by session: SMTPSession
  ) async -> DeliveryOutcome {
    let main = SMTPMessage(
      sender: message.sender, recipient: message.recipient, content: message.content)
    let outcome = Self.outcome(await session.send([main])[0])
    // A refused copy is not a failure: the recipient has the message.
    if outcome == .accepted, !message.copies.isEmpty {
      _ = await session.send(
        message.copies.map {
          SMTPMessage(sender: message.sender, recipient: $0, content: message.content)
        })
    }
    return outcome
  }

  /// Returns the outcome of a server's reply. A recipient is refused permanently only if the reply is about the
  /// address: a full mailbox empties (EML-422), and 5.7 is about the sender.
  static func outcome(_ outcome: SMTPOutcome) -> DeliveryOutcome {
    switch outcome {
    case .accepted: return .accepted
    case .unknown(let reason): return .unknown(reason)
    case .refused(.connection, _, let reason): return .down(reason)
    case .refused(.message, true, let reason): return .refusedMessage(reason)
    case .refused(_, false, let reason): return .later(reason)
    case .refused(.recipient, true, let reason):
      let words = reason.split(whereSeparator: { $0 == " " || $0 == "-" }).prefix(2)
      if words.dropFirst().first?.hasPrefix("5.7.") == true { return .refusedMessage(reason) }
      let isFull = words.first == "552" || words.dropFirst().first == "5.2.2"
      return isFull ? .later(reason) : .refusedRecipient(reason)
    }
  }

  private func take(_ perConnection: Int) -> SMTPSession {
    let known = resting.withLock { resting -> SMTPSession? in
      guard let index = resting.lastIndex(where: { $0.perConnection == perConnection }) else {
        resting.removeAll()
        return nil
      }
      return resting.remove(at: index).session
    }
    return known ?? SMTPSession(server, messagesPerConnection: perConnection)
  }

  private func give(_ session: SMTPSession, _ perConnection: Int) {
    resting.withLock { resting in
      if resting.count < 64 { resting.append((session, perConnection)) }
    }
  }
}
