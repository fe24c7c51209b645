import JobQueue
import Logging
import Redis

/// Pauses the channel when most messages are refused because of who sends them (EML-225): with each further message the
/// sender's name gets worse, and its recipients get nothing.
struct ChannelGuard: Sendable {
  let jobs: JobClient
  let keys: RedisKeys
  let logger: Logger
  /// The number of refusals below which nothing follows.
  static let least = 3
  /// The number of latest outcomes, of all workers together, that small groups are judged by.
  static let window = 25

  /// Returns the current pause.
  func pause() async throws -> ChannelPause? {
    try await ChannelPauseStore.current(on: jobs.postgres)
  }

  /// Judges the outcomes of a group, and pauses the channel if the sending side is refused.
  ///
  /// - Returns: Whether the channel was paused.
  func judge(_ outcomes: [DeliveryOutcome]) async throws -> Bool {
    let marks = outcomes.compactMap(Self.isRefusal)
    guard !marks.isEmpty else { return false }
    let reply = try await jobs.redis.run(
      Self.count, keys: [keys.refusals],
      arguments: [RedisArgument(Self.window)] + marks.map { RedisArgument($0 ? 1 : 0) })
    let numbers = (reply.array ?? []).map { Int($0.int ?? 0) }
    let group = (marks.filter(\.self).count, marks.count)
    let recent = (numbers.first ?? 0, numbers.last ?? 0)
    guard [group, recent].contains(where: { $0.0 >= Self.least && $0.0 * 2 > $0.1 }) else {
      return false
    }
    let cause = outcomes.compactMap { outcome -> String? in
      if case .refusedSender(let reason) = outcome { reason } else { nil }
    }.last
    guard let cause else { return false }
    // What came before the pause says nothing about the time after it.
    _ = try await jobs.redis.send("DEL", keys.refusals)
    let isNew = try await ChannelPauseStore.begin(
      "most messages are refused because of their sender: \(cause)", at: jobs.clock.now,
      on: jobs.postgres)
    if isNew {
      logger.error(
        "the mail channel is paused; `martlet mail resume` opens it again",
        metadata: ["refusal": "\(cause)"])
    }
    return true
  }

  /// Whether an outcome is a refusal of the sending side; nil for one that says nothing about it.
  private static func isRefusal(_ outcome: DeliveryOutcome) -> Bool? {
    switch outcome {
    case .refusedSender: true
    case .accepted, .refusedRecipient, .refusedMessage: false
    case .later, .down, .unknown: nil
    }
  }

  /// Keeps the latest outcomes; returns the number of refusals among them, and their number.
  private static let count = RedisScript(
    name: "mail-refusals",
    source: """
      for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
      redis.call('LTRIM', KEYS[1], -tonumber(ARGV[1]), -1)
      redis.call('PEXPIRE', KEYS[1], 86400000)
      local refused, all = 0, redis.call('LRANGE', KEYS[1], 0, -1)
      for _, mark in ipairs(all) do refused = refused + tonumber(mark) end
      return {refused, #all}
      """)
}
