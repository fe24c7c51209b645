import Hummingbird
import Logging

/// Turns every error of the modules below into an answer; the one place that knows both.
enum ErrorMapping {
  /// The answer to an error. What nobody foresaw is a 500 that tells the client nothing and the log
  /// everything.
  static func apiError(for error: any Error, logger: Logger) -> APIError {
    switch error {
    case let error as APIError: return error
    case is CancellationError: return .unavailable("The server is stopping.")
    default:
      logger.error("unexpected error", metadata: ["error": .string(String(describing: error))])
      return .framework(.internalServerError, "An unexpected error occurred.")
    }
  }
}
