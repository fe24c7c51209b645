import Foundation
import Synchronization

/// A browser that watches the live figures of a page: a connection of its own on which events come.
final class EventStream: Sendable {
  /// What a browser shows from a moment on.
  struct Reading: Sendable {
    let at: ContinuousClock.Instant
    /// The events of the campaign that were done.
    let done: Int
  }

  private struct Figures: Decodable {
    var done: Int
  }

  private struct State {
    var readings: [Reading] = []
    /// Why it has ended; nil while it goes on.
    var end: String?
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  /// Opens a stream.
  ///
  /// - Parameter request: The bytes of the request.
  init(port: Int, _ request: [UInt8]) throws {
    descriptor = try ClientSocket.connected(port: port)
    let sent = request.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
    guard sent == request.count else { throw BenchError("a stream's request was not taken") }
    // It holds the stream until the connection ends.
    Thread { [self] in
      Self.read(descriptor) { take($0) }
      state.withLock { $0.end = $0.end ?? "the server closed a stream" }
    }.start()
  }

  deinit { close(descriptor) }

  /// All that it has shown.
  var readings: [Reading] { state.withLock { $0.readings } }

  /// Why it has ended; nil while it goes on.
  var end: String? { state.withLock { $0.end } }

  /// Leaves the page.
  func leave() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func take(_ line: [UInt8]) {
    guard line.starts(with: Array("data: ".utf8)) else { return }
    let now = ContinuousClock.now
    do {
      let figures = try JSONDecoder().decode(Figures.self, from: Data(line.dropFirst(6)))
      state.withLock { $0.readings.append(Reading(at: now, done: figures.done)) }
    } catch {
      state.withLock { $0.end = "an event is not what was expected: \(error)" }
    }
  }

  /// Reads lines until the end.
  private static func read(_ descriptor: Int32, _ take: ([UInt8]) -> Void) {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      for byte in buffer[..<count] {
        if byte == 10 {
          take(line)
          line.removeAll(keepingCapacity: true)
        } else if byte != 13 {
          line.append(byte)
        }
      }
    }
  }
}
