import Foundation
import Synchronization

/// A worker's identity, and the consumer name under which it holds jobs for as long as its heartbeats arrive.
final class Lease: Sendable {
  private struct State {
    var consumer: String
    var renames = 0
    var renewedAt: Date?
    var renewed: ContinuousClock.Instant?
    var clockAhead: Double?
  }

  let host: String
  let processID: Int
  let startedAt = Date()
  /// Host, process and a random part.
  let id: String
  private let state: Mutex<State>

  init() {
    host = ProcessInfo.processInfo.hostName
    processID = Int(ProcessInfo.processInfo.processIdentifier)
    let random = String(UInt32.random(in: 0 ... .max), radix: 36)
    id = "\(host)-\(processID)-\(random)"
    state = Mutex(State(consumer: id))
  }

  /// The name of this worker in the queues' consumer groups.
  var consumer: String { state.withLock { $0.consumer } }

  /// The instant of the last heartbeat that Redis accepted; nil before the first.
  var renewedAt: Date? { state.withLock { $0.renewedAt } }

  /// The time since that heartbeat, by the monotonic clock.
  var age: Duration? { state.withLock { $0.renewed }.map { ContinuousClock.now - $0 } }

  /// The seconds by which this machine's clock was ahead of Redis's at the last heartbeat; nil before the first.
  var clockAhead: Double? { state.withLock { $0.clockAhead } }

  /// Records by how much this machine's clock is ahead of Redis's.
  func note(clockAhead: Double) { state.withLock { $0.clockAhead = clockAhead } }

  /// Records a heartbeat that Redis accepted.
  func renew(at now: Date = Date()) {
    state.withLock {
      $0.renewedAt = now
      $0.renewed = .now
    }
  }

  /// Takes a new consumer name after the one before was declared dead.
  func lose() {
    state.withLock {
      $0.renames += 1
      $0.consumer = "\(id)-\($0.renames)"
    }
  }
}
