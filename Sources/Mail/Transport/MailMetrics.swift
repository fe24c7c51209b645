import Metrics

/// The metrics of mail.
struct MailMetrics: Sendable {
  /// Counts outcomes of the transport.
  func count(_ outcomes: [DeliveryOutcome]) {
    var numbers: [String: Int] = [:]
    for outcome in outcomes { numbers[Self.name(outcome), default: 0] += 1 }
    for (name, number) in numbers {
      Counter(label: "martlet_mail_messages_total", dimensions: [("outcome", name)])
        .increment(by: number)
    }
  }

  /// Counts an engagement that was set aside (EML-346).
  func countAside() { Counter(label: "martlet_mail_acts_aside_total").increment() }

  /// Counts a returned message that was set aside (EML-427).
  func countBounceAside() { Counter(label: "martlet_mail_bounces_aside_total").increment() }

  private static func name(_ outcome: DeliveryOutcome) -> String {
    switch outcome {
    case .accepted: "accepted"
    case .refusedRecipient, .refusedMessage, .refusedSender: "refused"
    case .later, .down: "retried"
    case .unknown: "unknown"
    }
  }
}
