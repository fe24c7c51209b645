import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Executes a request once, however often it is repeated under the same key (API page, 11.1).
struct Idempotency: Sendable {
  /// A key with its user and the request it belongs to.
  struct Scope: Sendable, Hashable {
    var user: Int64
    var method: String
    var path: String
    var key: String
  }

  /// The part of an answer that is kept.
  struct KeptAnswer: Sendable, Equatable {
    var status: Int
    var location: String?
    var contentType: String?
    var body: [UInt8]
    /// The digest of the request's content.
    var fingerprint: [UInt8]
  }

  /// The state of a key.
  enum Claim: Sendable, Equatable {
    /// Execute the request; the token names this execution. An execution that died with its process may have recorded
    /// what it had begun.
    case execute(token: UUID, begun: String?)
    /// Another execution is in progress.
    case inProgress
    /// It was executed.
    case answered(KeptAnswer)
  }

  /// A store of keys for all processes.
  protocol Store: Sendable {
    /// Claims a key that is new, out of date, or whose lease has expired.
    func claim(_ scope: Scope, lease: Duration) async throws -> Claim
    /// Records what the execution has begun.
    func note(_ location: String, _ scope: Scope, token: UUID) async throws
    /// Extends the lease of the execution.
    func renew(_ scope: Scope, token: UUID, lease: Duration) async throws
    /// Keeps the answer of an execution.
    func keep(_ answer: KeptAnswer, _ scope: Scope, token: UUID) async throws
    /// Forgets an execution whose answer is not kept.
    func release(_ scope: Scope, token: UUID) async throws
  }

  /// The time without renewal after which an execution is taken for dead.
  static let lease = Duration.seconds(30)
  /// The size in bytes above which answers are not kept.
  static let maximumKeptBytes = 4 * 1024 * 1024

  let store: any Store

  /// Executes a request once under its key, or returns its kept answer.
  ///
  /// - Throws: `APIError` 400 for an invalid key, 409 while the first request is under way, 422
  ///   where the key was used for another content.
  func answer(
    _ request: APIRequest, key: String, handler: @escaping Route.Handler
  ) async throws -> APIResponse {
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw APIError.badRequest("Idempotency-Key must be 1 to 255 printable characters.") }
    let scope = Scope(
      user: try request.requiredUser.id, method: request.method.rawValue, path: request.path,
      key: key)
    request.body.startFingerprint()
    switch try await store.claim(scope, lease: Self.lease) {
    case .inProgress:
      throw APIError(
        .conflict, "The first request with this idempotency key is still under way.",
        type: "idempotency_in_progress", retryAfter: 2)
    case .answered(let kept): return try await replay(kept, request)
    case .execute(let token, let begun):
      var request = request
      let store = store
      request.execution = IdempotentExecution(begun: begun) { location in
        try await store.note(location, scope, token: token)
      }
      return try await execute(scope, token, request, handler)
    }
  }

  private func replay(_ kept: KeptAnswer, _ request: APIRequest) async throws -> APIResponse {
    try await request.body.drain()
    guard request.body.digest == kept.fingerprint else {
      throw APIError(
        .unprocessableContent, "This idempotency key was used for a request with other content.",
        type: "idempotency_key_reused")
    }
    var response = APIResponse(
      status: .init(code: kept.status), body: .whole(ByteBuffer(bytes: kept.body)))
    response.headers[.contentType] = kept.contentType
    response.headers[.location] = kept.location
    response.headers[.idempotencyReplayed] = "true"
    return response
  }

  private func execute(
    _ scope: Scope, _ token: UUID, _ request: APIRequest, _ handler: @escaping Route.Handler
  ) async throws -> APIResponse {
    let answer: APIResponse
    do {
      answer = try await renewing(scope, token, request.logger) { try await handler(request) }
    } catch {
      answer = ErrorMapping.apiError(for: error, logger: request.logger).response
    }
    do {
      if let kept = keepable(answer, request) {
        try await store.keep(kept, scope, token: token)
      } else {
        try await store.release(scope, token: token)
      }
    } catch {
      // The request has succeeded or failed already: the client must be told.
      request.logger.error("cannot keep an answer", metadata: ["error": "\(error)"])
    }
    return answer
  }

  /// The part of an answer to keep; nil for failures of the server, for streams, and where the content was not read to
  /// its end, so that it is unknown.
  private func keepable(_ answer: APIResponse, _ request: APIRequest) -> KeptAnswer? {
    guard answer.status.code < 500, let body = answer.wholeBody,
      body.readableBytes <= Self.maximumKeptBytes, let digest = request.body.digest
    else { return nil }
    return KeptAnswer(
      status: answer.status.code, location: answer.headers[.location],
      contentType: answer.headers[.contentType], body: Array(body.readableBytesView),
      fingerprint: digest)
  }

  /// Runs the handler while renewing its lease.
  private func renewing(
    _ scope: Scope, _ token: UUID, _ logger: Logger,
    _ operation: @escaping @Sendable () async throws -> APIResponse
  ) async throws -> APIResponse {
    try await withThrowingTaskGroup(of: APIResponse?.self) { group in
      group.addTask { try await operation() }
      group.addTask {
        while !Task.isCancelled {
          try await Task.sleep(for: Self.lease / 3)
          do {
            try await store.renew(scope, token: token, lease: Self.lease)
          } catch is CancellationError {
            return nil
          } catch {
            // The request itself continues; the next renewal may reach the database again.
            logger.warning("cannot renew an idempotency key", metadata: ["error": "\(error)"])
          }
        }
        return nil
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }
}
