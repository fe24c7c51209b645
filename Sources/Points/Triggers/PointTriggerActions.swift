import Foundation
package import JobQueue
import Postgres

/// An event of a point trigger that is to be done with contacts.
package struct PointTriggerCall: Sendable {
  /// The contacts, in the order of their numbers. Their rows are locked.
  package var contacts: [Int64]
  /// The event, with its properties.
  package var event: PointTriggerEvent
  /// The transaction: what is done in it is done once, together with the line in the log.
  package var transaction: Transaction
}

/// What became of an event for one contact.
package enum PointTriggerOutcome: Sendable, Equatable {
  /// It is done, or there was nothing to do: it is never done again (PTS-21).
  case done
  /// It failed and is tried again in an hour, unless it has failed too often (PTS-29).
  case failed(String)
  /// It failed, and waiting cannot change that.
  case refused(String)
}

/// What events of point triggers do, by their type. Modules add what they can do when the process is
/// composed.
package struct PointTriggerActions: Sendable {
  /// Does an event with a set of contacts.
  ///
  /// - Returns: What became of those with whom it was not simply done.
  /// - Throws: An error that holds for all of them: `InvalidInput` is final, others count as a failed
  ///   attempt of each, except that a server which is away leaves everything for later.
  package typealias Action =
    @Sendable (PointTriggerCall) async throws -> [Int64: PointTriggerOutcome]

  private var actions: [PointTriggerEventType: Action]

  /// What can be done with contacts alone: segments and tags.
  package init() {
    actions = [
      .changeSegments: { try await MembershipEvents.changeSegments($0) },
      .changeTags: { try await MembershipEvents.changeTags($0) },
    ]
  }

  /// Adds what events of a type do.
  package mutating func add(_ type: PointTriggerEventType, _ action: @escaping Action) {
    actions[type] = action
  }

  func action(_ type: String) -> Action? {
    PointTriggerEventType(rawValue: type).flatMap { actions[$0] }
  }
}
