import Foundation
import JobQueue
import Postgres

/// Events of point triggers that contacts have reached and that are not done yet.
enum DueEvents {
  /// The number of contacts whose due events one job does.
  static let contactsPerJob = 1_000

  /// Notes what contacts have reached, of any kind of trigger; what was noted or done before stays as it is. Jobs
  /// do it after the commit.
  ///
  /// The caller makes sure that the contacts are not deleted before the transaction ends.
  ///
  /// - Parameters:
  ///   - contacts: The contacts.
  ///   - triggers: The triggers to check; with a group its score counts.
  ///   - transaction: The transaction.
  static func note(
    _ contacts: [Int64], _ triggers: [Int64], in transaction: Transaction
  ) async throws {
    guard !contacts.isEmpty, !triggers.isEmpty else { return }
    let noted = try await DueEventStore.note(contacts, triggers, in: transaction)
    try transaction.outbox.add(jobs(noted, at: transaction.now))
  }

  /// Returns the jobs that do what is due for contacts at an instant.
  private static func jobs(_ contacts: [Int64], at due: Date) -> [FirePointTriggers] {
    stride(from: 0, to: contacts.count, by: contactsPerJob).map { first in
      FirePointTriggers(
        contacts: Array(contacts[first..<min(first + contactsPerJob, contacts.count)]), due: due)
    }
  }
}

/// Does what contacts have reached (``DueEvents``).
struct FirePointTriggers: DurableJob {
  static let name = "points.fire"
  static let queue = PointJobs.queue

  var contacts: [Int64]
  /// The instant up to which events count as due, in case the worker's clock is slightly behind.
  var due: Date?
}

/// Notes what a trigger does for contacts who already have its points, a range of contacts at a time (PTS-23,
/// PTS-24).
struct ApplyPointTrigger: DurableJob {
  static let name = "points.apply"
  static let queue = PointJobs.queue

  var trigger: Int64
  /// The id after which the contacts begin.
  var after: Int64
  /// The last id: contacts that existed when the trigger was saved.
  var last: Int64
  /// The instant at which its window opens, in case the worker's clock is slightly behind.
  var opens: Date?
}
