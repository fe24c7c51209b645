import Logging
import Redis
import Synchronization

@testable import JobQueue

/// Deliveries made without servers.
enum Fixture {
  /// A registry of the test's kinds whose handlers do nothing.
  static let registry: JobRegistry = {
    var registry = JobRegistry()
    registry.registerBatch(Note.self, size: 3) { _, _ in }
    registry.register(Deed.self) { _, _ in }
    return registry
  }()

  static let logger = Logger(label: "jobqueue.unit") { _ in SwiftLogNoOpLogHandler() }

  static func entry(
    _ name: String = Note.name, attempt: Int = 0, crashes: Int = 0, isDurable: Bool = false,
    uniqueKey: String? = nil, timeout: Int = 0, isRepaired: Bool = false, version: Int = 1
  ) -> QueueEntry {
    QueueEntry(
      attempt: attempt, crashes: crashes, uniqueKey: uniqueKey, id: JobID(), name: name,
      version: version, maxAttempts: 3, timeoutMilliseconds: timeout, isDurable: isDurable,
      isRepaired: isRepaired, payload: Array("{}".utf8))
  }

  /// A delivery of a ``Note``, or of a ``Deed`` when the entry is durable.
  static func delivery(
    _ entry: QueueEntry = entry(), streamID: String = "1-1", group: String? = nil,
    receivedAt: ContinuousClock.Instant = .now
  ) throws -> Delivery {
    guard let kind = registry.kinds[entry.isDurable ? Deed.name : Note.name] else {
      throw Trouble(description: "the kind is not registered")
    }
    return Delivery(
      entry: entry, queue: kind.queue, kind: kind, streamID: streamID, group: group,
      receivedAt: receivedAt)
  }

  static func deed(_ streamID: String = "1-1", attempt: Int = 0, crashes: Int = 0) throws
    -> Delivery
  {
    try delivery(
      entry(Deed.name, attempt: attempt, crashes: crashes, isDurable: true), streamID: streamID)
  }

  /// A reply to `XREADGROUP` with entries of one stream.
  static func reply(_ stream: String, _ entries: [(id: String, fields: [[UInt8]]?)]) -> RedisValue {
    func string(_ text: String) -> RedisValue { .string(Array(text.utf8)) }
    return .array([
      .array([
        string(stream),
        .array(
          entries.map { entry in
            .array([
              string(entry.id), entry.fields.map { .array($0.map { .string($0) }) } ?? .null,
            ])
          }),
      ])
    ])
  }
}

/// A number that the tasks of a test count up and down.
final class Tally: Sendable {
  private let state = Mutex((now: 0, most: 0))

  var now: Int { state.withLock { $0.now } }
  var most: Int { state.withLock { $0.most } }

  func up() {
    state.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func down() { state.withLock { $0.now -= 1 } }
}
