package import HTTPTypes
import Hummingbird

/// One operation of the interface.
package struct Route: Sendable {
  /// Answers a request whose user may call the route.
  package typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

  var method: HTTPRequest.Method
  /// The path, with `{id}` for a positive whole number and `{name:text}` for any one segment. It
  /// is the label of the route in metrics.
  var path: String
  /// What it asks of the user who calls it.
  var needs: Requirement
  /// Whether an `Idempotency-Key` is heeded (API page, 11.1).
  var takesIdempotencyKey: Bool
  /// Whether a file comes with it, which takes as long as it takes.
  var takesFile: Bool
  /// Whether it is asked only where the first part of a path is none that another route begins with, and only for its own
  /// method: for pages at addresses of their own.
  var isLastResort: Bool
  /// Whether scripts of any site may call it.
  var isForAllSites = false
  /// Whether it is a page for users: who sends its requests is known by the session's cookie alone, its forms bring a token,
  /// and its errors are pages (``BrowserAccess``).
  private(set) var isForBrowsers = false
  /// What it says of itself.
  var operation = Operation()
  var handler: Handler

  /// A route.
  ///
  /// - Parameters:
  ///   - method: The method that it answers; GET answers HEAD too.
  ///   - path: The path, with `{id}` for a positive whole number and `{name:text}` for any one segment.
  ///   - needs: What it asks of the user who calls it.
  ///   - takesIdempotencyKey: Whether an `Idempotency-Key` is heeded.
  ///   - takesFile: Whether a file comes with it, which takes as long as it takes.
  ///   - isLastResort: Whether it is asked only where no other route begins like the path.
  ///   - handler: Answers it; what it throws becomes an answer.
  package init(
    _ method: HTTPRequest.Method, _ path: String, needs: Requirement,
    takesIdempotencyKey: Bool = false, takesFile: Bool = false, isLastResort: Bool = false,
    _ handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.needs = needs
    self.takesIdempotencyKey = takesIdempotencyKey
    self.takesFile = takesFile
    self.isLastResort = isLastResort
    self.handler = handler
  }

  /// The route as a page for users in browsers.
  package func forBrowsers() -> Route {
    var route = self
    route.isForBrowsers = true
    return route
  }

  /// The route with what it says of itself.
  func described(_ operation: Operation) -> Route {
    var route = self
    route.operation = operation
    return route
  }
}
