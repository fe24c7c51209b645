/// The outcome of one command of a pipeline.
typealias RedisResult = Result<RedisValue, RedisError>

/// A command (or a pipeline, which is written and answered contiguously) and the task that waits.
///
/// The continuations are the unsafe kind because the checked kind costs an allocation per command.
/// They are resumed exactly once: `finish` takes the continuation away as it resumes it, and a
/// command leaves the queue only after `finish`.
struct PendingCommand: Sendable {
  enum Waiter: Sendable {
    case single(UnsafeContinuation<RedisResult, Never>)
    case pipeline(UnsafeContinuation<Result<[RedisResult], RedisError>, Never>)
    /// The call has already returned (timeout, cancellation); the reply has to be skipped.
    case gone
  }

  private(set) var waiter: Waiter
  /// Names the command for cancellation.
  let ticket: UInt64
  /// Nanoseconds from now to the deadline.
  let timeout: Int64
  /// The number of replies to the command.
  let replies: Int
  /// Bytes in the output buffer.
  var size = 0
  /// The deadline, on the monotonic clock.
  var deadline = Monotonic.never
  /// The end of the command in the stream of bytes to this connection.
  var end = 0
  /// The beginning of the command in that stream.
  var start: Int { end - size }
  private var received = 0
  private var results: [RedisResult] = []

  init(waiter: Waiter, ticket: UInt64, timeout: Int64, replies: Int = 1) {
    self.waiter = waiter
    self.ticket = ticket
    self.timeout = timeout
    self.replies = replies
  }

  var isGone: Bool {
    if case .gone = waiter { true } else { false }
  }

  /// Takes the next reply. True when it was the last and the command is finished.
  mutating func receive(_ reply: RedisValue) -> Bool {
    let result: RedisResult
    if case .error(let text) = reply {
      result = .failure(RedisError(reply: text))
    } else {
      result = .success(reply)
    }
    received += 1
    switch waiter {
    case .single(let continuation):
      waiter = .gone
      continuation.resume(returning: result)
    case .pipeline(let continuation):
      if results.isEmpty { results.reserveCapacity(replies) }
      results.append(result)
      if received == replies {
        waiter = .gone
        continuation.resume(returning: .success(results))
        // The queue forgets finished commands many at a time; their replies must not wait for that.
        results = []
      }
    case .gone:
      break
    }
    return received == replies
  }

  /// Ends the call with an error. Does nothing when it has ended before.
  mutating func fail(_ error: RedisError) {
    let before = waiter
    waiter = .gone
    results = []
    switch before {
    case .single(let continuation): continuation.resume(returning: .failure(error))
    case .pipeline(let continuation): continuation.resume(returning: .failure(error))
    case .gone: break
    }
  }
}
