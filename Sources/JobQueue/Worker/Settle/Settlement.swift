import Foundation

/// The action that follows the end of a delivery's handler.
struct Settlement: Sendable {
  enum Action: Sendable {
    /// The job is done. `removesRow`: its row is still there, because the handler did not complete it.
    case done(removesRow: Bool)
    /// Only the entry is removed: the job belongs to another worker, or was cancelled.
    case drop
    /// The attempt failed; the next one follows after a pause.
    case retry(error: String, delay: Duration)
    /// The job failed permanently.
    case dead(error: String)
    /// The job returns to the queue untried, after a pause.
    case requeue(after: Duration)
  }
  var delivery: Delivery
  var action: Action

  /// Turns a handler's end into an action; nil when the lease is lost, because then nothing is left to settle.
  ///
  /// - Parameter pause: the pause of a job that met a server out of reach.
  init?(_ delivery: Delivery, error: (any Error)?, pause: Duration) {
    self.delivery = delivery
    let entry = delivery.entry
    let (isCompleted, cancellation, own) = delivery.state.withLock {
      ($0.isCompleted, $0.cancellation, $0.failure)
    }
    if isCompleted {
      action = .done(removesRow: false)
      return
    }
    guard var error = own ?? error else {
      action = .done(removesRow: entry.isDurable)
      return
    }
    // A cancelled handler may throw anything; the reason of its cancellation counts.
    if let cancellation, !(error is PermanentJobFailure), !(error is JobSuperseded) {
      error = cancellation
    }
    switch error {
    case is JobSuperseded:
      action = .drop
    case let failure as PermanentJobFailure:
      action = .dead(error: failure.reason)
    case let retry as RetryJob where entry.attempt + 1 < entry.maxAttempts:
      action = .retry(error: retry.reason, delay: retry.delay)
    case JobCancellation.cancelled: action = .drop
    case JobCancellation.leaseLost: return nil
    case JobCancellation.shutdown: action = .requeue(after: .zero)
    case let error where BackendUnavailable(error) != nil:
      action = .requeue(after: pause)
    default:
      let text = String(String(describing: error).prefix(2000))
      if entry.attempt + 1 >= entry.maxAttempts {
        action = .dead(error: text)
      } else {
        action = .retry(
          error: text, delay: delivery.kind.options.retry.delay(afterFailures: entry.attempt + 1))
      }
    }
  }

  init(_ delivery: Delivery, _ action: Action) {
    self.delivery = delivery
    self.action = action
  }
}
