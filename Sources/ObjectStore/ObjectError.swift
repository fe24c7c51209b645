/// A request to a bucket that failed.
package struct ObjectError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure.
  package enum Code: String, Sendable {
    /// There is no such object.
    case notFound
    /// The store refuses the keys, or what they may do.
    case refused
    /// The store is out of reach, too slow, or says itself that it cannot work.
    case unavailable
    /// The store answers something else than its protocol says.
    case unexpected
    /// The object has too many parts.
    case tooLarge
    /// The task was cancelled.
    case cancelled
    /// There are objects, and no bucket is configured.
    case notConfigured
  }

  /// The kind of failure.
  package let code: Code
  /// The failure in words, without keys.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
