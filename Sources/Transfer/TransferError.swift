/// A failed exchange with another server.
package struct TransferError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure.
  package enum Code: String, Sendable {
    /// The request itself is wrong: its URL, a header, the method.
    case request
    /// The address of the host may not be contacted (CAM-454).
    case refusedAddress
    /// The other server could not be reached, or the connection broke.
    case connection
    /// The time limit was exceeded.
    case timeout
    /// There were too many redirects, or one from https to http.
    case redirect
    /// The task was cancelled.
    case cancelled
    /// Too many requests wait for a thread.
    case busy
  }

  /// The kind of failure.
  package let code: Code
  /// The message, without the request's content.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
