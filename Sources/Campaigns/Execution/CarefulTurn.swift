import Foundation
import Synchronization

/// The turn of one batch at a time in this process (CAM-463): entries of another batch that was under way when the
/// worker died would be suspect without cause.
final class CarefulTurn: Sendable {
  private let holder = Mutex<UUID?>(nil)

  /// Takes the turn if nobody has it; who has it keeps it.
  ///
  /// - Returns: Whether the caller has the turn.
  func enter(_ caller: UUID) -> Bool {
    holder.withLock { holder in
      if holder == nil { holder = caller }
      return holder == caller
    }
  }

  /// Ends the turn, if it is the caller's.
  func leave(_ caller: UUID) {
    holder.withLock { holder in
      if holder == caller { holder = nil }
    }
  }
}
