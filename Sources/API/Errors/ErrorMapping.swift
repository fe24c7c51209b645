import Contacts
import Exports
import Hummingbird
import Imports
import JobQueue
import Logging
import ObjectStore
import Postgres
import Query
import Redis
import Segments
import Users

/// Turns every error of the modules below into an answer; the one place that knows both.
enum ErrorMapping {
  /// The answer to an error. An unforeseen one is a 500 that tells the client nothing and the log
  /// everything.
  static func apiError(for error: any Error, logger: Logger) -> APIError {
    switch error {
    case let error as APIError: return error
    case is CancellationError: return .unavailable("The server is stopping.")
    case let error as ImportError: return answer(to: error)
    case let error as ExportError: return answer(to: error)
    case let error as JobError: return answer(to: error, logger)
    case let error as QueueFull:
      return APIError(
        .serviceUnavailable, "The queue \(error.queue) is full; try again later.",
        type: "queue_full", retryAfter: 10)
    case let error as InvalidInput: return .invalid(error)
    case let error as MergeError: return answer(to: error)
    case is PrivateSegment, is ForbiddenContact: return .forbidden
    case let error as QueryError: return .validation([(error.parameter, [error.message])])
    case let error as PasswordHasher.Failure: return answer(to: error)
    case let error as any RecordError: return error.answer
    case let error as PostgresError: return answer(to: error, logger)
    case let error as RedisError: return answer(to: error, logger)
    case let error as ObjectError: return answer(to: error, logger)
    default: return unexpected(error, logger)
    }
  }

  /// Whether something ended because its task was cancelled.
  static func isCancellation(_ error: any Error) -> Bool {
    if error is CancellationError { return true }
    if let error = error as? PostgresError { return error.code == .cancelled }
    return (error as? RedisError)?.code == .cancelled
  }

  private static func answer(to error: PasswordHasher.Failure) -> APIError {
    switch error {
    case .lineFull:
      APIError(.tooManyRequests, "Too many logins at once from this address.", retryAfter: 1)
    case .busy, .outOfMemory: .unavailable("Too many logins at once.", retryAfter: 1)
    }
  }

  private static func answer(to error: MergeError) -> APIError {
    switch error {
    case .notFound: .notFound
    case .sameContact, .overlappingPairs: .conflict("\(error).")
    }
  }

  private static func unexpected(_ error: any Error, _ logger: Logger) -> APIError {
    logger.error("unexpected error", metadata: ["error": .string(String(describing: error))])
    return .framework(.internalServerError, "An unexpected error occurred.")
  }

  private static func answer(to error: ImportError) -> APIError {
    let status: HTTPResponse.Status =
      switch error.code {
      case .notFound, .fileNotFound: .notFound
      case .conflict: .conflict
      case .tooLarge: .contentTooLarge
      case .invalid, .mapping, .unreadable, .cutOff: .badRequest
      case .part, .stale: .internalServerError
      }
    var details = Problems(
      error.problems.map { ($0.field, ["\"\($0.value)\" \($0.rule)"]) }
    ).list
    if details.isEmpty, let line = error.line { details = [("line", [String(line)])] }
    return APIError(status, error.message, type: error.code.rawValue, details: details)
  }

  private static func answer(to error: ExportError) -> APIError {
    let status: HTTPResponse.Status =
      switch error.code {
      case .notFound: .notFound
      case .invalid, .nothing, .tooMany: .badRequest
      case .conflict, .notReady: .conflict
      case .expired: .gone
      case .forbidden: .forbidden
      case .failed: .internalServerError
      }
    return APIError(
      status, error.message, type: error.code.rawValue,
      details: error.field.map { [($0, [error.message])] } ?? [],
      retryAfter: error.code == .notReady ? 2 : nil)
  }

  private static func answer(to error: JobError, _ logger: Logger) -> APIError {
    switch error {
    case .notFound: .notFound
    case .conflict(_, let reason): .conflict("The job cannot be changed: \(reason).")
    case .batchClosed, .malformed: unexpected(error, logger)
    }
  }

  private static func answer(to error: PostgresError, _ logger: Logger) -> APIError {
    if error.code == .server, error.isServerTrouble {
      logger.warning("the database cannot work", metadata: ["error": "\(error)"])
      return .unavailable("The database cannot do this at present.")
    }
    switch error.code {
    case .connection, .timeout, .poolTimeout, .closed, .cancelled:
      logger.warning("the database did not answer", metadata: ["error": "\(error)"])
      return .unavailable("The database did not answer in time.")
    case .server where error.sqlState == .lockNotAvailable:
      logger.warning("a lock was not free in time", metadata: ["error": "\(error)"])
      return .unavailable("Another change of the same records takes too long; try again.")
    case .server where error.sqlState?.errorClass == "22":
      // A value that no column can hold, such as a text with a NUL: the request's fault.
      logger.warning("the database refused a value", metadata: ["error": "\(error)"])
      return .badRequest("A value of the request cannot be used.")
    default: return unexpected(error, logger)
    }
  }

  /// Whatever a bucket fails by is the operator's to mend; the client may come again.
  private static func answer(to error: ObjectError, _ logger: Logger) -> APIError {
    if error.code != .cancelled {
      logger.warning("the bucket of files failed", metadata: ["error": "\(error)"])
    }
    return .unavailable("The store of files cannot do this at present.")
  }

  private static func answer(to error: RedisError, _ logger: Logger) -> APIError {
    if error.code == .server, BackendUnavailable(error) != nil {
      logger.warning("Redis refuses to work", metadata: ["error": "\(error)"])
      return .unavailable("The queue cannot do this at present.")
    }
    switch error.code {
    case .connection, .timeout, .closed, .cancelled:
      logger.warning("Redis did not answer", metadata: ["error": "\(error)"])
      return .unavailable("The queue did not answer in time.")
    default: return unexpected(error, logger)
    }
  }
}
