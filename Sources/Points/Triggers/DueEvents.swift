import Foundation
import JobQueue
import Postgres

/// Events of point triggers that contacts have reached and that are not done yet.
enum DueEvents {
  /// One job does what is due for so many contacts.
  static let contactsPerJob = 1_000

  /// Notes what contacts have reached, whatever the trigger is about; what was noted or done before stays
  /// as it is. Jobs do it after the commit.
  ///
  /// Nobody deletes the contacts before the transaction ends: the caller sees to that.
  ///
  /// - Parameters:
  ///   - contacts: Who.
  ///   - triggers: Which triggers are looked at; of those with a group the score counts.
  ///   - transaction: The transaction.
  static func note(
    _ contacts: [Int64], _ triggers: [Int64], in transaction: Transaction
  ) async throws {
    guard !contacts.isEmpty, !triggers.isEmpty else { return }
    let noted = try await DueEventStore.note(contacts, triggers, in: transaction)
    try transaction.outbox.add(jobs(noted, at: transaction.now))
  }

  /// Jobs that do what is due for contacts at an instant.
  private static func jobs(_ contacts: [Int64], at due: Date) -> [FirePointTriggers] {
    stride(from: 0, to: contacts.count, by: contactsPerJob).map { first in
      FirePointTriggers(
        contacts: Array(contacts[first..<min(first + contactsPerJob, contacts.count)]), due: due)
    }
  }
}

/// Does for contacts what they have reached (``DueEvents``).
struct FirePointTriggers: DurableJob {
  static let name = "points.fire"
  static let queue = PointJobs.queue

  var contacts: [Int64]
  /// What is due by then is done, should the clock of whoever does it stand a little before.
  var due: Date?
}

/// Notes for contacts that have the points already what a trigger does, a range of contacts at a time
/// (PTS-23, PTS-24).
struct ApplyPointTrigger: DurableJob {
  static let name = "points.apply"
  static let queue = PointJobs.queue

  var trigger: Int64
  /// The contacts after this one …
  var after: Int64
  /// … up to this one: those that were there when the trigger was saved.
  var last: Int64
  /// When its window opens, should the clock of whoever does it stand a little before.
  var opens: Date?
}
