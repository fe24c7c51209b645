import Redis

/// The script calls that report settlements, with their arguments as the scripts' comments list them.
struct AcknowledgementCalls: Sendable {
  struct Call: Sendable {
    var queue: String
    /// The number of jobs in the call.
    var count = 1
    var arguments: [RedisArgument]
  }

  /// Calls of `finish`, each for up to ``JobClient/chunk`` jobs of one queue.
  private(set) var finishes: [Call] = []
  /// Calls of `requeue`, one for each job.
  private(set) var requeues: [Call] = []
  /// Calls of `deadLetter`, one for each job.
  private(set) var deadLetters: [Call] = []

  /// - Parameter offset: the clock's distance from the system's.
  init(_ settlements: [Settlement], offset: Duration) {
    var done: [String: [Delivery]] = [:]
    var dropped: [String: [Delivery]] = [:]
    for settlement in settlements {
      let delivery = settlement.delivery
      var entry = delivery.entry
      switch settlement.action {
      case .done: done[delivery.queue, default: []].append(delivery)
      case .drop: dropped[delivery.queue, default: []].append(delivery)
      case .retry(_, let delay):
        entry.attempt += 1
        // Crashing workers and failing handlers are counted apart; an attempt that came to an end shows that the
        // job does not crash its worker.
        entry.crashes = 0
        requeue(delivery, as: entry, to: "retrying", after: delay, offset, counting: "retried")
      case .requeue(let delay):
        // A commit whose answer was lost may have ended the job.
        entry.isRepaired = entry.isDurable
        requeue(
          delivery, as: entry, to: delay > .zero ? "retrying" : "ready", after: delay, offset,
          counting: "")
      case .dead:
        entry.attempt += 1
        deadLetter(delivery, as: entry)
      }
    }
    for (outcome, queues) in [("done", done), ("dropped", dropped)] {
      for (queue, deliveries) in queues {
        for start in stride(from: 0, to: deliveries.count, by: JobClient.chunk) {
          let end = min(start + JobClient.chunk, deliveries.count)
          finish(deliveries[start..<end], as: outcome, in: queue)
        }
      }
    }
  }

  private mutating func finish(
    _ deliveries: ArraySlice<Delivery>, as outcome: String, in queue: String
  ) {
    var plain: [RedisArgument] = []
    var further: [RedisArgument] = []
    plain.reserveCapacity(deliveries.count)
    for delivery in deliveries {
      let entry = delivery.entry
      if !entry.isDurable, delivery.group == nil, entry.uniqueKey == nil {
        plain.append(RedisArgument(delivery.streamID))
      } else {
        further.append(RedisArgument(delivery.streamID))
        further.append(entry.isDurable ? RedisArgument(entry.id.description) : "")
        further.append(RedisArgument(delivery.group ?? ""))
        further.append(RedisArgument(entry.uniqueKey.map(HeaderText.escape) ?? ""))
      }
    }
    let header: [RedisArgument] = [RedisArgument(outcome), RedisArgument(plain.count)]
    finishes.append(
      Call(queue: queue, count: deliveries.count, arguments: header + plain + further))
  }

  private mutating func requeue(
    _ delivery: Delivery, as entry: QueueEntry, to place: String, after delay: Duration,
    _ offset: Duration, counting counter: String
  ) {
    requeues.append(
      Call(
        queue: delivery.queue,
        arguments: [
          RedisArgument(delivery.streamID), RedisArgument(delivery.group ?? ""),
          RedisArgument(bytes: entry.encoded()), RedisArgument(place),
          RedisArgument(max(0, delay.milliseconds)), RedisArgument(offset.milliseconds),
          RedisArgument(counter),
        ]))
  }

  private mutating func deadLetter(_ delivery: Delivery, as entry: QueueEntry) {
    deadLetters.append(
      Call(
        queue: delivery.queue,
        arguments: [
          RedisArgument(delivery.streamID), RedisArgument(delivery.group ?? ""),
          RedisArgument(bytes: entry.encoded()),
          entry.isDurable ? RedisArgument(entry.id.description) : "",
          RedisArgument(entry.uniqueKey.map(HeaderText.escape) ?? ""),
        ]))
  }
}
