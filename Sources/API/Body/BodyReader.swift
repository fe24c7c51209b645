import Hummingbird
import NIOCore
import Synchronization

/// The content of a request, a chunk at a time and only when asked for: unread content stays in the
/// socket, and TCP slows the sender down.
///
/// Counts, bounds and, where wanted, fingerprints what comes in; unpacks `Content-Encoding: gzip`.
///
/// `@unchecked Sendable`: the state is touched by one task at a time. `isBusy` turns an overlap,
/// which would be a mistake in a handler, into an error instead of a race.
final class BodyReader: @unchecked Sendable {
  private var iterator: RequestBody.AsyncIterator
  private let encoding: String?
  private let beforeFirstRead: @Sendable () -> Void
  private let timeout: Timeout?
  private var inflater: Inflater?
  private var fingerprint: Fingerprint?
  private var hasBegun = false
  /// Chunks that were looked at before the content is read.
  private var seen: [ByteBuffer] = []
  private var hasSourceEnded: Bool
  private let isBusy = Atomic(false)

  /// Starts a timer that ends the connection; returns a closure that cancels it.
  typealias Timeout = @Sendable () -> @Sendable () -> Void

  /// The maximum number of bytes to take from the socket, and of unpacked bytes; more is a 413.
  private(set) var limit: Int
  private(set) var receivedBytes = 0
  private var inflatedBytes = 0
  private let slowest: (bytes: Int, seconds: Int)?
  /// The time spent waiting for the socket and the bytes it brought, since they were last compared.
  private var waited = Duration.zero
  private var arrived = 0

  /// - Parameters:
  ///   - body: the content as it comes from the connection.
  ///   - encoding: the content encoding, where one was named.
  ///   - hasContent: false for a request without content.
  ///   - limit: the maximum number of bytes to take.
  ///   - slowest: the bytes that must come within the seconds of waiting for the client; less is a 408.
  ///   - timeout: bounds the time that content read whole may take.
  ///   - beforeFirstRead: tells a client that waits for it (`Expect: 100-continue`) to go on.
  init(
    _ body: RequestBody, encoding: String? = nil, hasContent: Bool = true, limit: Int = .max,
    slowest: (bytes: Int, seconds: Int)? = nil, timeout: Timeout? = nil,
    beforeFirstRead: @escaping @Sendable () -> Void = {}
  ) {
    self.limit = limit
    self.slowest = slowest
    self.timeout = timeout
    iterator = body.makeAsyncIterator()
    self.encoding = encoding?.trimmingBlanks.lowercased()
    self.beforeFirstRead = beforeFirstRead
    hasSourceEnded = !hasContent
  }

  /// Whether the whole content was taken from the socket.
  var isExhausted: Bool { hasSourceEnded }

  /// Begins to fingerprint the content as it is received; to be called before the first read.
  func startFingerprint() {
    let fingerprint = Fingerprint()
    for chunk in seen { fingerprint.update(chunk) }
    self.fingerprint = fingerprint
  }

  /// The beginning of the content, which the first read gives again; nothing where it is packed.
  ///
  /// - Parameter count: The bytes after which no more is looked at.
  /// - Throws: As ``next()``.
  func peek(upTo count: Int) async throws -> ByteBuffer {
    guard !hasBegun, encoding == nil || encoding == "identity" else { return ByteBuffer() }
    var beginning = ByteBuffer()
    var chunks: [ByteBuffer] = []
    try await onTheClock {
      while beginning.readableBytes < count, let chunk = try await next() {
        chunks.append(chunk)
        beginning.writeImmutableBuffer(chunk)
      }
    }
    seen = chunks
    return beginning
  }

  /// The digest of the content as received; nil unless it was asked for and all was read.
  var digest: [UInt8]? { hasSourceEnded ? fingerprint?.digest : nil }

  /// The next chunk, never empty; nil at the end.
  ///
  /// - Throws: `APIError` 413 past a limit, 415 for an unknown encoding, 400 where the content was
  ///   cut off or its gzip is damaged.
  func next() async throws -> ByteBuffer? {
    guard isBusy.exchange(true, ordering: .acquiring) == false else {
      throw APIError(.internalServerError, "The content is read by two tasks at once.")
    }
    defer { isBusy.store(false, ordering: .releasing) }
    if !hasBegun { try begin() }
    if !seen.isEmpty {
      guard receivedBytes <= limit else {
        throw APIError.tooLarge("The content is larger than \(limit) bytes.")
      }
      return seen.removeFirst()
    }
    guard let inflater else { return try await nextReceived() }
    while true {
      if let output = try inflater.next() {
        inflatedBytes += output.readableBytes
        guard inflatedBytes <= limit else {
          throw APIError.tooLarge("The unpacked content is larger than \(limit) bytes.")
        }
        return output
      }
      guard let chunk = try await nextReceived() else {
        guard inflater.isAtEnd || receivedBytes == 0 else {
          throw APIError.badRequest("The gzip content ends too early.")
        }
        return nil
      }
      inflater.feed(chunk)
    }
  }

  private func begin() throws(APIError) {
    switch encoding {
    case nil, "", "identity": break
    case "gzip", "x-gzip": inflater = try Inflater()
    case let other?:
      throw APIError(.unsupportedMediaType, "The content encoding \(other) is not supported.")
    }
    hasBegun = true
    if !hasSourceEnded { beforeFirstRead() }
  }

  private func nextReceived() async throws -> ByteBuffer? {
    while !hasSourceEnded {
      guard let chunk = try await nextFromSocket() else {
        hasSourceEnded = true
        return nil
      }
      receivedBytes += chunk.readableBytes
      guard receivedBytes <= limit else {
        throw APIError.tooLarge("The content is larger than \(limit) bytes.")
      }
      fingerprint?.update(chunk)
      if chunk.readableBytes > 0 { return chunk }
    }
    return nil
  }

  private func nextFromSocket() async throws -> ByteBuffer? {
    let begin = ContinuousClock.now
    let chunk: ByteBuffer?
    do {
      chunk = try await iterator.next()
    } catch {
      if error is CancellationError { throw error }
      throw APIError.cutOff
    }
    try checkPace(chunk?.readableBytes ?? 0, since: begin)
    return chunk
  }

  /// Any byte keeps a connection from being idle, so a sender that sends few must be noticed here.
  private func checkPace(_ bytes: Int, since begin: ContinuousClock.Instant) throws(APIError) {
    guard let slowest else { return }
    arrived += bytes
    waited += ContinuousClock.now - begin
    guard waited >= .seconds(slowest.seconds) else { return }
    guard arrived >= slowest.bytes else {
      throw APIError(
        .requestTimeout,
        "The content comes too slowly: \(arrived) bytes in \(slowest.seconds) seconds, at least \(slowest.bytes) are expected."
      )
    }
    (arrived, waited) = (0, .zero)
  }

  /// The whole content.
  ///
  /// - Throws: `APIError` 413 where it is longer than `limit` bytes, packed or not.
  func collect(upTo limit: Int) async throws -> ByteBuffer {
    self.limit = min(self.limit, limit)
    return try await onTheClock { try await whole() }
  }

  /// Runs something that reads content which must be here within the time of content that is read whole.
  func onTheClock<R>(_ body: () async throws -> R) async rethrows -> R {
    let stopClock = hasSourceEnded ? nil : timeout?()
    defer { stopClock?() }
    return try await body()
  }

  private func whole() async throws -> ByteBuffer {
    var whole = ByteBuffer()
    while let chunk = try await next() {
      if whole.readableBytes == 0 {
        whole = chunk
      } else {
        whole.writeImmutableBuffer(chunk)
      }
    }
    return whole
  }

  /// Refuses content that is declared longer than allowed before a byte of it is read.
  func check(declaredBytes: Int?, limit: Int) throws(APIError) {
    self.limit = min(self.limit, limit)
    if let declaredBytes, declaredBytes > self.limit {
      throw .tooLarge("The content is larger than \(self.limit) bytes.")
    }
  }

  /// Reads and drops what is left, within the limits.
  func drain() async throws {
    while try await next() != nil {}
  }
}

extension APIError {
  /// The connection ended within the content; no client is left to read this.
  static let cutOff = APIError(.badRequest, "The content was cut off.", type: "cut_off")
}
