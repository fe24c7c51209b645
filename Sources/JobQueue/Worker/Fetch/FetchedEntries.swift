import Redis

/// A job of a kind or version that this worker does not know.
struct UnknownJob: Sendable {
  var entry: QueueEntry
  var queue: String
  var streamID: String
  var group: String?
}

/// A queue entry whose header cannot be parsed.
struct UnreadableEntry: Sendable {
  var bytes: [UInt8]
  var queue: String
  var streamID: String
  var group: String?
  var error: any Error
}

/// The entries of a reply to `XREADGROUP`, sorted by what the worker can do with them.
struct FetchedEntries: Sendable {
  private(set) var deliveries: [Delivery] = []
  private(set) var unknown: [UnknownJob] = []
  private(set) var unreadable: [UnreadableEntry] = []
  /// The number of entries in the reply, deleted ones included.
  private(set) var count = 0
  /// The queues that have entries in the reply.
  private(set) var queues: Set<String> = []
  /// The stream id of the last entry.
  private(set) var lastID: String?

  /// - Parameter queues: the queues' names by the keys of their streams.
  init(
    _ reply: RedisValue, queues: [String: String], registry: JobRegistry,
    receivedAt: ContinuousClock.Instant
  ) {
    for stream in reply.array ?? [] {
      guard let parts = stream.array, parts.count == 2, let key = parts[0].text,
        let queue = queues[key], let entries = parts[1].array
      else { continue }
      self.queues.insert(queue)
      deliveries.reserveCapacity(deliveries.count + entries.count)
      for entry in entries {
        count += 1
        lastID = entry.array?.first?.text
        guard let pair = entry.array, pair.count == 2, let id = pair[0].text, !pair[1].isNull
        else { continue }
        sort(Fields(pair[1].array ?? []), id, queue, registry, receivedAt)
      }
    }
  }

  private mutating func sort(
    _ fields: Fields, _ streamID: String, _ queue: String, _ registry: JobRegistry,
    _ receivedAt: ContinuousClock.Instant
  ) {
    do {
      let entry = try QueueEntry(parsing: fields.entry)
      guard let kind = registry.kinds[entry.name], kind.version >= entry.version else {
        unknown.append(
          UnknownJob(entry: entry, queue: queue, streamID: streamID, group: fields.group))
        return
      }
      deliveries.append(
        Delivery(
          entry: entry, queue: queue, kind: kind, streamID: streamID, group: fields.group,
          receivedAt: receivedAt))
    } catch {
      unreadable.append(
        UnreadableEntry(
          bytes: fields.entry, queue: queue, streamID: streamID, group: fields.group, error: error))
    }
  }

  /// The fields of a stream entry: `j` with the job's entry, `l` with the group it was dispatched from.
  private struct Fields {
    var entry: [UInt8] = []
    var group: String?

    init(_ values: [RedisValue]) {
      var at = 0
      while at + 1 < values.count {
        if values[at].bytes == [UInt8(ascii: "j")] {
          entry = values[at + 1].bytes ?? []
        } else if values[at].bytes == [UInt8(ascii: "l")] {
          group = values[at + 1].text
        }
        at += 2
      }
    }
  }
}
