import Foundation
import Glibc
public import Synchronization

/// A server on a free port of this machine; a closure talks to each connection on a thread of its own.
public final class Listener: Sendable {
  /// The port.
  public let port: Int
  private let descriptor: Int32
  private let count = Atomic<Int>(0)

  /// The number of connections so far.
  public var connections: Int { count.load(ordering: .relaxed) }

  /// Begins to listen.
  public init(_ serve: @escaping @Sendable (Conversation) -> Void) throws {
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
public final class Conversation {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// The offset of the bytes not taken yet.
  private var start = 0
  private var piece = [UInt8](repeating: 0, count: 65_536)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Sends a text.
  public func say(_ text: String) { say(Array(text.utf8)) }

  /// Sends bytes.
  public func say(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes {
      send(descriptor, $0.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// The next line without its end; nil when the other side has gone.
  public func line() -> String? {
    guard let end = lineEnd(after: 0) else { return nil }
    let stop = end > start && buffer[end - 1] == 0x0D ? end - 1 : end
    let line = String(decoding: buffer[start..<stop], as: UTF8.self)
    start = end + 1
    return line
  }

  /// All lines before one that is a point alone, as they came; nil when the other side has gone.
  public func linesBeforePoint() -> [UInt8]? {
    var seen = 0
    while let end = lineEnd(after: seen) {
      let first = start + seen
      let length = end - first
      if length <= 2, length > 0, buffer[first] == 0x2E, length == 1 || buffer[first + 1] == 0x0D {
        let lines = Array(buffer[start..<first])
        start = end + 1
        return lines
      }
      seen = end + 1 - start
    }
    return nil
  }

  /// `count` bytes; fewer when the other side has gone.
  public func bytes(_ count: Int) -> [UInt8] {
    while buffer.count - start < count {
      guard receive() else { break }
    }
    let taken = Array(buffer[start..<min(start + count, buffer.count)])
    start += taken.count
    return taken
  }

  /// The end of the first line that begins `offset` bytes after the start; nil when the other side has gone.
  private func lineEnd(after offset: Int) -> Int? {
    var seen = offset
    while true {
      let found = buffer.withUnsafeBytes { bytes -> Int? in
        guard let base = bytes.baseAddress, bytes.count > start + seen else { return nil }
        let from = base + start + seen
        return memchr(from, 0x0A, bytes.count - start - seen).map { UnsafeRawPointer($0) - base }
      }
      if let found { return found }
      seen = buffer.count - start
      guard receive() else { return nil }
    }
  }

  private func receive() -> Bool {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    let count = recv(descriptor, &piece, piece.count, 0)
    guard count > 0 else { return false }
    buffer.append(contentsOf: piece[..<count])
    return true
  }
}

/// An HTTP server that answers by a closure and remembers the requests.
public final class HTTPStub: Sendable {
  /// A request.
  public struct Asked: Sendable {
    /// Method, path and version.
    public var line: String
    /// The headers as they came.
    public var headers: [String]
    /// The content.
    public var body: String
  }

  /// The requests so far.
  public let asked = Mutex<[Asked]>([])
  private let listener = Mutex<Listener?>(nil)
  /// The port.
  public var port: Int { listener.withLock { $0?.port ?? 0 } }
  /// The number of connections so far.
  public var connections: Int { listener.withLock { $0?.connections ?? 0 } }

  /// Begins to listen.
  public init(_ answer: @escaping @Sendable (Asked) -> String) throws {
    let new = try Listener { [weak self] conversation in
      while let line = conversation.line() {
        var asked = Asked(line: line, headers: [], body: "")
        while let header = conversation.line(), !header.isEmpty { asked.headers.append(header) }
        let length =
          asked.headers.first { $0.lowercased().hasPrefix("content-length:") }
          .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        // A request that its dead sender did not finish does not count.
        let content = conversation.bytes(length)
        guard content.count == length else { return }
        asked.body = String(decoding: content, as: UTF8.self)
        let seen = asked
        self?.asked.withLock { $0.append(seen) }
        conversation.say(answer(seen))
      }
    }
    listener.withLock { $0 = new }
  }

  /// A URL of the server.
  public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
}
