import Logging
import Primitives
import Synchronization

/// Logs troubles that are met again and again: their begin, a reminder each minute, and their end. A trouble that
/// comes back within seconds is the same one.
final class TroubleLog: Sendable {
  /// The time between two reminders.
  static let reminder = Duration.seconds(60)
  /// The time without a failure after which a trouble is over.
  static let calm = Duration.seconds(5)

  private struct Trouble {
    var since: ContinuousClock.Instant
    var last: ContinuousClock.Instant
    var logged: ContinuousClock.Instant
    var failures = 1
  }
  private let troubles = Mutex<[String: Trouble]>([:])

  /// Notes a failure, and logs it if it is a new one or time for a reminder.
  func failed(
    _ what: String, now: ContinuousClock.Instant = .now, _ log: (Logger.Metadata) -> Void
  ) {
    let metadata: Logger.Metadata? = troubles.withLock { troubles in
      guard var trouble = troubles[what] else {
        troubles[what] = Trouble(since: now, last: now, logged: now)
        return [:]
      }
      trouble.last = now
      trouble.failures += 1
      defer { troubles[what] = trouble }
      guard now - trouble.logged >= Self.reminder else { return nil }
      trouble.logged = now
      return [
        "since": "\((now - trouble.since).seconds) s ago", "failures": "\(trouble.failures)",
      ]
    }
    if let metadata { log(metadata) }
  }

  /// Notes a success, and logs the end of a trouble once it has been calm for a while.
  func works(
    _ what: String, now: ContinuousClock.Instant = .now, _ log: (Logger.Metadata) -> Void
  ) {
    let metadata: Logger.Metadata? = troubles.withLock { troubles in
      guard let trouble = troubles[what], now - trouble.last >= Self.calm else { return nil }
      troubles[what] = nil
      return [
        "after": "\((trouble.last - trouble.since).seconds) s", "failures": "\(trouble.failures)",
      ]
    }
    if let metadata { log(metadata) }
  }
}
