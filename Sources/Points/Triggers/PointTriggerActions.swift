import Foundation
package import JobQueue
import Postgres

/// A call that performs an event of a point trigger for contacts.
package struct PointTriggerCall: Sendable {
  /// The ids of the contacts, in order. Their rows are locked.
  package var contacts: [Int64]
  /// The event, with its properties.
  package var event: PointTriggerEvent
  /// The transaction: what is done in it is done once, together with the log entry.
  package var transaction: Transaction
}

/// The outcome of an event for one contact.
package enum PointTriggerOutcome: Sendable, Equatable {
  /// It is done, or there was nothing to do; it is never repeated (PTS-21).
  case done
  /// It failed and is tried again in an hour, unless its attempts are used up (PTS-29).
  case failed(String)
  /// It failed permanently.
  case refused(String)
}

/// The actions of trigger events, by type. Modules add theirs when the process is composed.
package struct PointTriggerActions: Sendable {
  /// Performs an event for a set of contacts.
  ///
  /// - Returns: The outcomes of contacts for whom it is not done.
  /// - Throws: An error of one of the contacts, which is then found by halves, or of all of them: `InvalidInput`
  ///   is final, others count as a failed attempt, except that everything stays for later if a server is away.
  package typealias Action =
    @Sendable (PointTriggerCall) async throws -> [Int64: PointTriggerOutcome]

  private var actions: [PointTriggerEventType: Action]

  /// Creates the actions that need contacts alone: segments, tags and stages.
  package init() {
    actions = [
      .changeSegments: { try await MembershipEvents.changeSegments($0) },
      .changeTags: { try await MembershipEvents.changeTags($0) },
      .changeStage: { try await MembershipEvents.changeStage($0) },
    ]
  }

  /// Adds the action of a type of events.
  package mutating func add(_ type: PointTriggerEventType, _ action: @escaping Action) {
    actions[type] = action
  }

  func action(_ type: String) -> Action? {
    PointTriggerEventType(rawValue: type).flatMap { actions[$0] }
  }
}
