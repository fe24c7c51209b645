import Foundation
import Histogram
import Primitives
import Synchronization

/// Requests over loopback connections that stay open, each with a thread of its own that sends one and waits for its answer:
/// so little of the processor is the generator's that the figures are the server's.
struct Load: Sendable {
  /// What a run measured.
  struct Measured: Sendable {
    /// Answers a second.
    var rate: Double
    /// The time from sending to the last byte of the answer, in milliseconds.
    var p50: Double
    var p99: Double
    /// The number of answers.
    var count: Int
  }

  let port: Int
  let connections: Int

  /// Sends requests for a time and waits for the answers, each of which has to be of the class 2xx.
  ///
  /// - Parameters:
  ///   - seconds: The time for which requests are begun.
  ///   - request: The bytes of the request of a number, which counts from 0 over all connections.
  /// - Throws: ``BenchError`` for another answer.
  func run(
    seconds: Double, _ request: @escaping @Sendable (Int) -> [UInt8]
  ) async throws -> Measured {
    let record = Record()
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<connections {
        let port = port
        group.addTask {
          try await Self.onThread {
            let socket = try ClientSocket(port: port)
            while ContinuousClock.now - start < .seconds(seconds) {
              let number = record.next.add(1, ordering: .relaxed).oldValue
              let began = ContinuousClock.now
              let status = try socket.exchange(request(number))
              guard (200..<300).contains(status) else {
                throw BenchError("a request was answered with \(status)")
              }
              let taken = UInt64((ContinuousClock.now - began).seconds * 1e9)
              _ = record.times.withLock { $0.record(taken) }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let taken = (ContinuousClock.now - start).seconds
    return record.times.withLock { times in
      Measured(
        rate: Double(times.totalCount) / taken, p50: Double(times.valueAtPercentile(50)) / 1e6,
        p99: Double(times.valueAtPercentile(99)) / 1e6, count: Int(times.totalCount))
    }
  }

  /// What the connections share.
  private final class Record: Sendable {
    let next = Atomic(0)
    let times = Mutex(Histogram<UInt64>(highestTrackableValue: 120_000_000_000))
  }

  /// The status and the body of one answer.
  func answer(to request: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
    let port = port
    return try await Self.onThread {
      let socket = try ClientSocket(port: port)
      let status = try socket.exchange(request)
      return (status, socket.body)
    }
  }

  /// An answer with what its head says.
  struct Answer: Sendable {
    var status: Int
    /// The cookies that it sets, as a browser sends them back.
    var cookies: String
    var body: String
  }

  /// One answer as text.
  func whole(_ request: [UInt8]) async throws -> Answer {
    let port = port
    return try await Self.onThread {
      let socket = try ClientSocket(port: port)
      let status = try socket.exchange(request)
      let cookies = socket.head.split(separator: "\r\n")
        .filter { $0.lowercased().hasPrefix("set-cookie:") }
        .map { String($0.dropFirst(11).prefix { $0 != ";" }).trimmingBlanks() }
      return Answer(
        status: status, cookies: cookies.joined(separator: "; "),
        body: String(decoding: socket.body, as: UTF8.self))
    }
  }

  private static func onThread<R: Sendable>(
    _ body: @escaping @Sendable () throws -> R
  ) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
  }
}

/// A blocking connection that speaks as much HTTP as the benchmark's own servers do.
final class ClientSocket {
  private let descriptor: Int32
  // Memory of its own: writing to a slice of an array would copy all of it for each answer.
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  private var range = 0..<0

  /// The body of the last answer.
  var body: [UInt8] { Array(buffer[range]) }
  /// The lines before it.
  var head: String { String(decoding: buffer[..<range.lowerBound], as: UTF8.self) }

  init(port: Int) throws { descriptor = try Self.connected(port: port) }

  /// A connection to a port of this machine.
  static func connected(port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard descriptor >= 0, status == 0 else {
      if descriptor >= 0 { close(descriptor) }
      throw BenchError("cannot connect to port \(port) of this machine")
    }
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Sends a request and reads the answer, whose length must be said in its head.
  ///
  /// - Returns: The status.
  func exchange(_ request: [UInt8]) throws -> Int {
    try request.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { throw BenchError("the server closed a connection") }
        sent += count
      }
    }
    var filled = 0
    var end: Int?
    while true {
      filled += try receive(at: filled)
      let head = end ?? Self.endOfHead(buffer[..<filled])
      end = head
      guard let head else { continue }
      guard let length = Self.length(buffer[..<head]) else {
        throw BenchError("an answer without a length")
      }
      guard filled >= head + length else { continue }
      range = head..<(head + length)
      return Int(String(decoding: buffer[9..<12], as: UTF8.self)) ?? 0
    }
  }

  private func receive(at filled: Int) throws -> Int {
    if filled == buffer.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: buffer.count * 2, alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
      buffer.deallocate()
      buffer = larger
    }
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
    let count = recv(descriptor, rest.baseAddress, rest.count, 0)
    guard count > 0 else { throw BenchError("the server closed a connection") }
    return count
  }

  /// The index behind the empty line.
  private static func endOfHead(_ bytes: Slice<UnsafeMutableRawBufferPointer>) -> Int? {
    guard bytes.count > 16 else { return nil }
    for index in 3..<min(bytes.count, 8192)
    where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 {
      return index + 1
    }
    return nil
  }

  /// The value of `Content-Length`. Nothing is copied: what the generator costs is missing to the server beside it.
  private static func length(_ head: Slice<UnsafeMutableRawBufferPointer>) -> Int? {
    let name = Array("\ncontent-length:".utf8)
    var matched = 0
    var number: Int?
    for byte in head {
      if matched == name.count {
        if byte == 32 { continue }
        guard (48...57).contains(byte) else { return number }
        let (grown, isTooGreat) = (number ?? 0).multipliedReportingOverflow(by: 10)
        guard !isTooGreat else { return nil }
        number = grown &+ Int(byte - 48)
      } else {
        let letter = (65...90).contains(byte) ? byte | 0x20 : byte
        matched = letter == name[matched] ? matched + 1 : letter == name[0] ? 1 : 0
      }
    }
    return number
  }
}
