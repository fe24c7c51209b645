import Foundation
import Mail
import Postgres

/// Checks that messages go out.
struct MailChecks {
  private let pool: PostgresPool

  init(_ backends: Backends) { pool = backends.postgres }

  func run() async -> [Finding] {
    do {
      return [Self.finding(try await ChannelPauseStore.current(on: pool))]
    } catch {
      // Servers out of reach are reported by their own checks.
      return []
    }
  }

  static func finding(_ pause: ChannelPause?) -> Finding {
    guard let pause else { return .ok("mail", "the channel is open") }
    return .failure(
      "mail", "paused since \(pause.at.formatted(.iso8601)): \(pause.reason)",
      mend: "clear up the cause; `martlet mail resume` lets messages go out again")
  }
}
