import Foundation
import Glibc
import TestSupport

/// A TCP connection that sends what it is told to and never reads.
final class SlowClient: Sendable {
  struct Failure: Error { let code: Int32 }

  private let descriptor: Int32

  init(_ port: Int) throws {
    descriptor = try Loopback.connect(port)
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw Failure(code: errno)
    }
  }
}
