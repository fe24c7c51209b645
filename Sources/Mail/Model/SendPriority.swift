/// The priority of a send, which decides on its queue. The queues share the workers by their weights, so that
/// what somebody waits for never stands behind a broadcast (EML-231).
enum SendPriority: Int, Sendable, Codable, CaseIterable {
  /// High priority, transactional, answers to forms.
  case first
  /// Marketing e-mails of campaigns.
  case normal
  /// Broadcasts.
  case bulk
}
