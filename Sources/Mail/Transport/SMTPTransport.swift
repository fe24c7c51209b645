import Synchronization
import Transfer

/// Hands messages to an SMTP server. Sessions stay open between groups; there are as many as concurrent groups.
final class SMTPTransport: MailTransport {
  let isIdempotent = false
  let groupSize = 25
  private let server: SMTPServer
  private let timeout: Duration
  private let patience: Duration
  private let resting = Mutex<[(session: SMTPSession, perConnection: Int)]>([])

  /// Creates a transport.
  ///
  /// - Parameters:
  ///   - server: The server.
  ///   - timeout: The maximum duration for one message.
  ///   - patience: The duration that messages put off in a row may take before the rest of their group waits.
  init(_ server: SMTPServer, timeout: Duration = .seconds(60), patience: Duration = .seconds(90)) {
    self.server = server
    self.timeout = timeout
    self.patience = patience
  }

  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome] {
    let session = take(settings.messagesPerConnection)
    defer { give(session, settings.messagesPerConnection) }
    var outcomes: [DeliveryOutcome] = []
    var lost = Duration.zero
    for message in messages {
      // Once the server is out of reach there is no point in trying further messages.
      if case .down(let reason)? = outcomes.last {
        outcomes.append(.down(reason))
        continue
      }
      if lost > patience {
        outcomes.append(.down("the server has put off all messages for too long"))
        continue
      }
      let time = ContinuousClock.now
      let outcome = await deliver(message, by: session)
      // A recipient that is put off stops no other, unless each of them keeps the worker waiting.
      if case .later = outcome { lost += ContinuousClock.now - time } else { lost = .zero }
      outcomes.append(outcome)
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

  static func outcome(_ outcome: SMTPOutcome) -> DeliveryOutcome {
    switch outcome {
    case .accepted: .accepted
    case .unknown(let reason): .unknown(reason)
    case .refused(.connection, _, let reason): .down(reason)
    case .refused(_, false, let reason): .later(reason)
    case .refused(.recipient, true, let reason): .refusedRecipient(reason)
    case .refused(.sender, true, let reason): .refusedSender(reason)
    case .refused(.message, true, let reason): .refusedMessage(reason)
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
    return known ?? SMTPSession(server, timeout: timeout, messagesPerConnection: perConnection)
  }

  private func give(_ session: SMTPSession, _ perConnection: Int) {
    resting.withLock { resting in
      if resting.count < 64 { resting.append((session, perConnection)) }
    }
  }
}
