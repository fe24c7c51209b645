import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A server on a free port of this machine; a closure talks to each connection on a thread of its own.
final class Listener: Sendable {
  let port: Int
  private let descriptor: Int32
  private let count = Atomic<Int>(0)

  /// How many connections came.
  var connections: Int { count.load(ordering: .relaxed) }

  init(_ serve: @escaping @Sendable (Conversation) -> Void) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        self?.count.add(1, ordering: .relaxed)
        Thread.detachNewThread {
          serve(Conversation(connection))
          close(connection)
        }
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }
}

/// One connection of a listener; used by its thread.
final class Conversation {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func say(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes {
      send(descriptor, $0.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// The next line without its end; nil when the other side has gone.
  func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        var line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        if line.last == 0x0D { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
      }
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      buffer.append(contentsOf: piece[..<count])
    }
  }

  func bytes(_ count: Int) -> [UInt8] {
    while buffer.count < count {
      var piece = [UInt8](repeating: 0, count: 65_536)
      let got = recv(descriptor, &piece, piece.count, 0)
      guard got > 0 else { break }
      buffer.append(contentsOf: piece[..<got])
    }
    let taken = Array(buffer.prefix(count))
    buffer.removeFirst(taken.count)
    return taken
  }
}

/// A server of HTTP that answers by a closure and remembers what was asked.
final class HTTPStub: Sendable {
  struct Asked: Sendable {
    var line: String
    var headers: [String]
    var body: String
  }

  let asked = Mutex<[Asked]>([])
  private let listener = Mutex<Listener?>(nil)
  var port: Int { listener.withLock { $0?.port ?? 0 } }
  var connections: Int { listener.withLock { $0?.connections ?? 0 } }

  init(_ answer: @escaping @Sendable (Asked) -> String) throws {
    let new = try Listener { [weak self] conversation in
      while let line = conversation.line() {
        var asked = Asked(line: line, headers: [], body: "")
        while let header = conversation.line(), !header.isEmpty { asked.headers.append(header) }
        let length =
          asked.headers.first { $0.lowercased().hasPrefix("content-length:") }
          .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        asked.body = String(decoding: conversation.bytes(length), as: UTF8.self)
        let seen = asked
        self?.asked.withLock { $0.append(seen) }
        conversation.say(answer(seen))
      }
    }
    listener.withLock { $0 = new }
  }

  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
}
