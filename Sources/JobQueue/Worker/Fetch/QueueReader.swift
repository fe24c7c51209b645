import Redis

/// Reads the streams of ready jobs as one member of their consumer groups.
struct QueueReader: Sendable {
  let client: JobClient
  let registry: JobRegistry
  let lease: Lease
  /// The queues' names by the keys of their streams.
  let queues: [String: String]

  init(client: JobClient, registry: JobRegistry, lease: Lease, queues: [String]) {
    self.client = client
    self.registry = registry
    self.lease = lease
    self.queues = Dictionary(
      queues.map { (client.keys.ready($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// New entries, at most `count` of each queue. Blocks for the given time when there are none.
  func read(
    _ queues: [String], count: Int, block: Duration? = nil, on connection: RedisConnection
  ) async throws -> FetchedEntries {
    try await read(queues, count: count, after: ">", block: block, on: connection)
  }

  /// A page of the entries that Redis holds for this worker in one queue, those after `id`.
  func held(in queue: String, after id: String, count: Int) async throws -> FetchedEntries {
    try await read([queue], count: count, after: id, block: nil, on: client.redis)
  }

  private func read(
    _ queues: [String], count: Int, after id: String, block: Duration?,
    on connection: RedisConnection
  ) async throws -> FetchedEntries {
    var command: [RedisArgument] = [
      "XREADGROUP", "GROUP", RedisArgument(Keys.consumerGroup), RedisArgument(lease.consumer),
      "COUNT", RedisArgument(count),
    ]
    if let block { command += ["BLOCK", RedisArgument(block.milliseconds)] }
    command.append("STREAMS")
    command += queues.map { RedisArgument(client.keys.ready($0)) }
    command += queues.map { _ in RedisArgument(id) }
    let reply = try await connection.send(command, timeout: block.map { $0 + .seconds(5) })
    return FetchedEntries(
      reply, queues: self.queues, registry: registry, receivedAt: .now)
  }
}
