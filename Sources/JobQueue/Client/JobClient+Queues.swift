import Redis

/// A message to all workers, an entry of the control stream.
enum ControlMessage: Sendable {
  case cancel(JobID)
  /// A job that was cancelled before may run again.
  case again(JobID)
  case pause(String)
  case resume(String)

  /// The entry's field and value.
  var field: (name: String, value: String) {
    switch self {
    case .cancel(let id): ("cancel", id.description)
    case .again(let id): ("again", id.description)
    case .pause(let queue): ("pause", queue)
    case .resume(let queue): ("resume", queue)
    }
  }

  /// Nil for a message of a newer version.
  init?(name: String?, value: String) {
    switch name {
    case "cancel":
      guard let id = JobID(value) else { return nil }
      self = .cancel(id)
    case "again":
      guard let id = JobID(value) else { return nil }
      self = .again(id)
    case "pause": self = .pause(value)
    case "resume": self = .resume(value)
    default: return nil
    }
  }
}

extension JobClient {
  /// Stops workers from starting jobs of a queue. Running jobs and enqueuing continue. The pause survives the loss of
  /// Redis.
  public func pause(queue: String) async throws {
    try await QueueSettingsStore.setPaused(true, queue: queue, on: postgres)
    try await writeSettings(of: queue)
    try await announceToWorkers(.pause(queue))
  }

  /// Lets workers start jobs of a paused queue again.
  public func resume(queue: String) async throws {
    try await QueueSettingsStore.setPaused(false, queue: queue, on: postgres)
    try await writeSettings(of: queue)
    try await announceToWorkers(.resume(queue))
  }

  /// Replaces a queue's limits.
  public func configure(queue: String, _ limits: QueueLimits) async throws {
    try await QueueSettingsStore.setLimits(limits, queue: queue, on: postgres)
    try await writeSettings(of: queue)
    bounds.set(queue, limits.bound)
  }

  private func writeSettings(of queue: String) async throws {
    let settings = try await QueueSettingsStore.all(on: postgres)[queue]
    try await write(settings ?? QueueSettings(), of: queue)
  }

  /// Writes a queue's settings to Redis, where the scripts read them.
  func write(_ settings: QueueSettings, of queue: String) async throws {
    try await announce(queue)
    var arguments: [RedisArgument] = [settings.isPaused ? 1 : 0]
    for (name, value) in settings.limits.fields {
      arguments += [RedisArgument(name), RedisArgument(value)]
    }
    _ = try await redis.run(
      Scripts.configure, keys: [RedisArgument(keys.base(queue))], arguments: arguments)
  }

  /// Appends a message to the control stream, which keeps about the last 10,000.
  func announceToWorkers(_ message: ControlMessage) async throws {
    let (name, value) = message.field
    _ = try await redis.send(
      "XADD", RedisArgument(keys.control), "MAXLEN", "~", 10_000, "*", RedisArgument(name),
      RedisArgument(value))
  }

  /// The names of all queues, in alphabetical order.
  public func queueNames() async throws -> [String] {
    let reply = try await redis.send("SMEMBERS", RedisArgument(keys.queues))
    return (reply.array ?? []).compactMap(\.text).sorted()
  }
}
