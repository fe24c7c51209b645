import API

/// Live figures: one look at the truth for all browsers that watch the same, at most twice a second, and only while somebody
/// watches (CSL-1).
actor LiveHub {
  /// Reads the figures.
  typealias Look = @Sendable () async throws -> JSONValue

  private struct Watcher {
    let continuation: AsyncStream<[UInt8]>.Continuation
    /// The first look that began after it came: earlier ones may be older than the page that it watches from.
    let first: Int
    var latest: [UInt8]?
  }

  private struct Topic {
    var watchers: [Int: Watcher] = [:]
    /// The number of looks so far.
    var looks = 0
    var task: Task<Void, Never>?
  }

  private var topics: [String: Topic] = [:]
  private var lastWatcher = 0
  private let interval: Duration

  /// - Parameter interval: The time between two looks.
  init(interval: Duration = .milliseconds(500)) { self.interval = interval }

  /// The figures as they change, as JSON; ends where a look fails. A watcher that reads slowly is given the latest alone.
  ///
  /// - Parameters:
  ///   - name: The same for all who watch the same.
  ///   - look: Reads them; the first watcher's is called for all.
  func watch(_ name: String, _ look: @escaping Look) -> AsyncStream<[UInt8]> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingNewest(1))
    lastWatcher += 1
    let watcher = lastWatcher
    var topic = topics[name] ?? Topic()
    topic.watchers[watcher] = Watcher(continuation: continuation, first: topic.looks + 1)
    if topic.task == nil {
      topic.task = Task { [weak self, interval] in
        while !Task.isCancelled {
          do {
            guard let number = await self?.beginLook(name) else { return }
            let figures = try await look()
            guard await self?.tell(name, figures.rendered, of: number) == true else { return }
            try await Task.sleep(for: interval)
          } catch {
            await self?.end(name)
            return
          }
        }
      }
    }
    topics[name] = topic
    continuation.onTermination = { [weak self] _ in
      Task { await self?.leave(name, watcher) }
    }
    return stream
  }

  /// The number of browsers that watch something.
  var watcherCount: Int { topics.values.reduce(0) { $0 + $1.watchers.count } }

  /// The number of the look that begins; nil where nobody watches any more.
  private func beginLook(_ name: String) -> Int? {
    topics[name]?.looks += 1
    return topics[name]?.looks
  }

  /// Tells the figures of a look to all watchers to whom they are news.
  private func tell(_ name: String, _ figures: [UInt8], of look: Int) -> Bool {
    guard let topic = topics[name] else { return false }
    for (number, watcher) in topic.watchers where look >= watcher.first && watcher.latest != figures
    {
      topics[name]?.watchers[number]?.latest = figures
      watcher.continuation.yield(figures)
    }
    return true
  }

  private func leave(_ name: String, _ watcher: Int) {
    topics[name]?.watchers[watcher] = nil
    guard let topic = topics[name], topic.watchers.isEmpty else { return }
    topic.task?.cancel()
    topics[name] = nil
  }

  private func end(_ name: String) {
    guard let topic = topics.removeValue(forKey: name) else { return }
    for watcher in topic.watchers.values { watcher.continuation.finish() }
  }
}
