import Foundation
import Glibc
import TestSupport

/// A TCP connection that sends exactly the bytes it is told to, whether or not they are HTTP.
///
/// `@unchecked Sendable`: the descriptor is closed once, in `deinit` or by `abort`, and the blocking
/// calls of one connection are awaited one after the other.
final class RawConnection: @unchecked Sendable {
  struct Failure: Error { var operation: String, code: Int32 }

  private let descriptor: Int32
  private var received: [UInt8] = []

  init(port: Int) throws {
    descriptor = try Loopback.connect(port)
    // No test may hang on a server that does not answer.
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends everything.
  func send(_ bytes: [UInt8]) async throws {
    try await blocking {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(operation: "send", code: errno) }
        sent += count
      }
    }
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Ends the sending half only.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends the connection with a reset, as a machine that dies does.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// The next answer, with its content read by its declared length or its chunks.
  ///
  /// - Parameter isHead: Whether it answers HEAD, and so has no content.
  func response(isHead: Bool = false) async throws -> RawResponse {
    try await blocking { try self.readResponse(isHead: isHead) }
  }

  /// Whether the server closes the connection, having sent nothing more.
  func isClosedByServer() async throws -> Bool {
    try await blocking { try self.received.isEmpty && !self.receiveMore() }
  }

  /// Whether the server has closed the connection and nothing more is to be read from it; does not wait.
  var isOver: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(Int(MSG_PEEK) | Int(MSG_DONTWAIT)))
    return count == 0 || count < 0 && errno == ECONNRESET
  }

  /// Everything received until a text has come.
  func rawText(until end: String) async throws -> String {
    try await blocking {
      while true {
        let text = String(decoding: self.received, as: UTF8.self)
        if text.contains(end) { return text }
        guard try self.receiveMore() else { throw Failure(operation: "receive", code: 0) }
      }
    }
  }

  private func readResponse(isHead: Bool) throws -> RawResponse {
    while true {
      if let response = RawResponse(taking: &received, isHead: isHead) { return response }
      guard try receiveMore() else { throw Failure(operation: "receive", code: 0) }
    }
  }

  /// False at the end of the stream.
  private func receiveMore() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 && errno == ECONNRESET { return false }
    guard count >= 0 else { throw Failure(operation: "receive", code: errno) }
    received.append(contentsOf: buffer.prefix(count))
    return count > 0
  }

  private func blocking<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
  }
}
