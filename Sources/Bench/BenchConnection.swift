import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connection to an HTTP server that asks one thing after the other.
///
/// `@unchecked Sendable`: whoever asks has the connection alone until the answer is there.
final class BenchConnection: @unchecked Sendable {
  private let descriptor: Int32
  private var received: [UInt8] = []

  init(port: Int) throws {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    descriptor = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw BenchError("no connection to the API: error \(errno)") }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends a request and waits for the whole answer, on a thread of its own.
  /// - Returns: the status.
  func exchange(_ request: [UInt8]) async throws -> Int {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            try self.send(request)
            return try self.status()
          })
      }
    }
  }

  private func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        #if canImport(Glibc)
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        #else
          Darwin.send(descriptor, $0.baseAddress, $0.count, 0)
        #endif
      }
      guard count > 0 else { throw BenchError("the API takes nothing: error \(errno)") }
      sent += count
    }
  }

  /// Reads an answer to its end, by its length or its chunks.
  private func status() throws -> Int {
    received = []
    while true {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { throw BenchError("the API does not answer: error \(errno)") }
      received += buffer.prefix(count)
      if let status = whole() { return status }
    }
  }

  private func whole() -> Int? {
    guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
    let lines = head.split(separator: "\r\n")
    var length = 0
    for line in lines {
      if line.hasPrefix("content-length:") {
        length = Int(line.dropFirst("content-length:".count).drop { $0 == " " }) ?? 0
      } else if line.hasPrefix("transfer-encoding:"), line.hasSuffix("chunked") {
        guard received.suffix(5) == Array("0\r\n\r\n".utf8)[...] else { return nil }
        length = received.count - end.upperBound
      }
    }
    guard received.count - end.upperBound >= length else { return nil }
    return lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }
}
