import Foundation

/// What becomes of a delivery after its handler.
struct Settlement: Sendable {
  enum Action: Sendable {
    /// Done. `removesRow`: the row is still there, because the handler did not complete it.
    case done(removesRow: Bool)
    /// Another's, cancelled or unreadable: only the entry goes.
    case drop
    case retry(error: String, delay: Duration)
    case dead(error: String)
    /// Untried; `again` after a pause.
    case back(after: Duration)
  }
  var delivery: Delivery
  var action: Action

  /// Judges a handler's end. Nil: the lease is lost, there is nothing left to settle.
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
    // A cancelled handler may throw anything; the reason it was cancelled for is what counts.
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
    case JobCancellation.shutdown: action = .back(after: .zero)
    case let error where BackendUnavailable(error) != nil:
      action = .back(after: pause)
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
