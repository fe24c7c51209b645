import JobQueue
import Postgres

/// Recomputes the counters of e-mails and of their links from the rows they count (EML-224, EML-431).
struct RepairCounters: DurableJob {
  static let name = "mail.counters"
  static let queue = MailQueues.bulk
  static let options = JobOptions(maxAttempts: 2)
}

/// Adds to counters what they lack, while others keep counting. Sends and counters change in one transaction, so
/// the snapshot of a single statement shows both consistently, and the difference stays right whatever others add
/// before the rows are locked at its end. Two repairs at once would add it twice.
enum CounterRepair {
  static func run(_ context: JobContext) async throws {
    var last: Int64 = 0
    while true {
      let after = last
      let next = try await context.transaction { transaction -> Int64? in
        try await transaction.query(
          "SELECT id FROM emails WHERE id > \(after) ORDER BY id LIMIT 1"
        ).first?.decode(at: 0)
      }
      guard let next else { break }
      for correction in [links(of: next), counters(of: next)] {
        try await context.transaction { transaction in
          try await transaction.connection.lock(.emailCounters(next))
          try await transaction.query(correction)
        }
        try context.checkLease()
      }
      last = next
    }
    try await context.complete()
  }
}
