/// The priority of a send, which selects its queue. The queues share the workers by their weights, so that urgent
/// e-mails never wait behind a broadcast (EML-231).
enum SendPriority: Int, Sendable, Codable, CaseIterable {
  /// High-priority and transactional e-mails, and answers to forms.
  case first
  /// Marketing e-mails of campaigns.
  case normal
  /// Broadcasts.
  case bulk
}
