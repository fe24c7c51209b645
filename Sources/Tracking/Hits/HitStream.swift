import Redis

/// Hits that wait in Redis, because the database was away: a stream for each part, whose entries are removed once they
/// are recorded.
struct HitStream: Sendable {
  /// An entry with its hit.
  struct Entry: Sendable {
    var id: [UInt8]
    var text: [UInt8]
    /// The hit; nil where this version cannot read the text.
    var hit: Hit?
  }

  let redis: RedisConnection
  let keys: TrackingKeys
  /// The maximum number of entries of a part; further hits are refused.
  static let limit = 250_000

  /// Appends hits.
  ///
  /// - Returns: Whether one of the parts is full.
  /// - Throws: `RedisError`; any of the hits may have been appended.
  func append(_ hits: [Hit], timeout: Duration) async throws -> Bool {
    var commands: [[RedisArgument]] = []
    commands.reserveCapacity(hits.count + TrackingQueue.parts)
    var parts: Set<Int> = []
    for hit in hits {
      let part = hit.part
      parts.insert(part)
      commands.append(["XADD", keys.hits(part), "*", "h", RedisArgument(hit.text)])
    }
    for part in parts { commands.append(["XLEN", keys.hits(part)]) }
    var isFull = false
    for (place, reply) in try await redis.pipeline(commands, timeout: timeout).enumerated() {
      let value = try reply.get()
      if place >= hits.count, (value.int ?? 0) > Self.limit { isFull = true }
    }
    return isFull
  }

  /// Returns the oldest entries of a part.
  func first(_ count: Int, of part: Int) async throws -> [Entry] {
    let reply = try await redis.send(
      "XRANGE", keys.hits(part), "-", "+", "COUNT", RedisArgument(count))
    return (reply.array ?? []).compactMap { entry in
      guard let parts = entry.array, parts.count == 2, let id = parts[0].bytes else { return nil }
      let text = parts[1].array.flatMap { $0.count > 1 ? $0[1].bytes : nil } ?? []
      return Entry(id: id, text: text, hit: Hit(text: text))
    }
  }

  /// Removes entries that are recorded.
  func remove(_ entries: [Entry], of part: Int) async throws {
    guard !entries.isEmpty else { return }
    _ = try await redis.send(
      [RedisArgument("XDEL"), keys.hits(part)] + entries.map { RedisArgument(bytes: $0.id) })
  }

  /// Returns the parts with entries.
  func parts() async throws -> [Int] {
    let all = Array(0..<TrackingQueue.parts)
    let replies = try await redis.pipeline(all.map { ["XLEN", keys.hits($0)] })
    return try zip(all, replies).compactMap { part, reply in
      (try reply.get().int ?? 0) > 0 ? part : nil
    }
  }

  /// Returns the id of the newest entry of each part that is not empty.
  func last() async throws -> [(part: Int, id: StreamID)] {
    let all = Array(0..<TrackingQueue.parts)
    let replies = try await redis.pipeline(
      all.map { ["XREVRANGE", keys.hits($0), "+", "-", "COUNT", 1] })
    return try zip(all, replies).compactMap { part, reply in
      Self.id(try reply.get()).map { (part, $0) }
    }
  }

  /// Returns the id of the oldest entry of a part; nil if it is empty.
  func oldest(of part: Int) async throws -> StreamID? {
    Self.id(try await redis.send("XRANGE", keys.hits(part), "-", "+", "COUNT", 1))
  }

  private static func id(_ reply: RedisValue) -> StreamID? {
    reply.array?.first?.array?.first?.text.flatMap { StreamID($0) }
  }
}

/// The id of an entry of a stream: milliseconds and a number within them.
struct StreamID: Comparable {
  var milliseconds: UInt64
  var number: UInt64

  init?(_ text: String) {
    let parts = text.split(separator: "-")
    guard parts.count == 2, let milliseconds = UInt64(parts[0]), let number = UInt64(parts[1])
    else { return nil }
    self.milliseconds = milliseconds
    self.number = number
  }

  static func < (a: StreamID, b: StreamID) -> Bool {
    (a.milliseconds, a.number) < (b.milliseconds, b.number)
  }
}
