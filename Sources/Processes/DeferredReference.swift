import Synchronization

/// A reference that is set after the values that hold it were created.
final class DeferredReference<Value: Sendable>: Sendable {
  private let held = Mutex<Value?>(nil)

  func set(_ value: Value) { held.withLock { $0 = value } }

  /// Whether the value is there.
  var isSet: Bool { held.withLock { $0 != nil } }

  /// The value; it is set before anything runs.
  var value: Value {
    guard let value = held.withLock({ $0 }) else { preconditionFailure("it is not made yet") }
    return value
  }
}
