import Postgres
import Synchronization

/// The jobs enqueued in a transaction: inserted at its end, pushed to Redis after its commit.
public final class JobOutbox: Sendable {
  /// The jobs added so far.
  struct Contents: Sendable {
    fileprivate var rows: [JobRow] = []
    fileprivate var opened: [(id: BatchID, total: Int, followUp: JobRow?)] = []
    fileprivate var joined: [BatchID: Int] = [:]
  }
  private let contents = Mutex(Contents())
  private let clock: WallClock

  init(clock: WallClock) { self.clock = clock }

  /// Adds a job to be inserted with the transaction.
  ///
  /// - Returns: its id. If a job with its unique key is queued when the transaction writes it, it
  ///   is left out silently.
  /// - Throws: when the parameters cannot be encoded.
  @discardableResult
  public func add<J: DurableJob>(
    _ job: J, _ options: EnqueueOptions = EnqueueOptions()
  ) throws -> JobID {
    try add([job], options)[0]
  }

  /// Adds jobs to be inserted with the transaction.
  ///
  /// - Returns: their ids, in order.
  /// - Throws: when the parameters cannot be encoded.
  @discardableResult
  public func add<J: DurableJob>(
    _ jobs: [J], _ options: EnqueueOptions = EnqueueOptions()
  ) throws -> [JobID] {
    let rows = try rows(jobs, options)
    contents.withLock { contents in
      contents.rows.append(contentsOf: rows)
      if let batch = options.batch { contents.joined[batch, default: 0] += rows.count }
    }
    return rows.map(\.id)
  }

  /// Adds jobs that form a batch, and a job that runs when the last of them has ended, succeeded
  /// or dead. While the batch is open, `EnqueueOptions.batch` lets more jobs join it. Without any
  /// job, the following one runs at once.
  ///
  /// - Returns: the batch.
  /// - Throws: when the parameters cannot be encoded.
  @discardableResult
  public func addBatch<J: DurableJob, Following: DurableJob>(
    _ jobs: [J], _ options: EnqueueOptions = EnqueueOptions(), then following: Following,
    _ followingOptions: EnqueueOptions = EnqueueOptions()
  ) throws -> BatchID {
    let id = BatchID()
    var options = options
    options.batch = id
    let rows = try rows(jobs, options)
    let followUp = try self.rows([following], followingOptions)[0]
    contents.withLock { contents in
      if rows.isEmpty { contents.rows.append(followUp) }
      contents.rows.append(contentsOf: rows)
      contents.opened.append((id, rows.count, rows.isEmpty ? nil : followUp))
    }
    return id
  }

  private func rows<J: DurableJob>(_ jobs: [J], _ options: EnqueueOptions) throws -> [JobRow] {
    let (now, real) = (clock.now, clock.real)
    return zip(jobs, try Payload.encode(jobs)).map { job, payload in
      JobRow(
        job, id: JobID(at: real), payload: String(decoding: payload, as: UTF8.self),
        options: options,
        now: now)
    }
  }

  /// The jobs added so far, to be restored where what added others was rolled back to a savepoint.
  var snapshot: Contents { contents.withLock { $0 } }

  /// Drops the jobs that were added since a snapshot.
  func restore(_ snapshot: Contents) { contents.withLock { $0 = snapshot } }

  /// The number of added jobs by queue.
  var counts: [String: Int] {
    contents.withLock { contents in
      contents.rows.reduce(into: [:]) { $0[$1.queue, default: 0] += 1 }
    }
  }

  /// Inserts the jobs and batches.
  ///
  /// - Returns: the rows to be pushed after the commit, including jobs that follow batches.
  func write(on connection: PostgresConnection) async throws -> [JobRow] {
    let (rows, opened, joined) = contents.withLock { ($0.rows, $0.opened, $0.joined) }
    let now = clock.now
    for batch in opened {
      try await DurableStore.openBatch(
        batch.id, total: batch.total, followUp: batch.followUp, now: now, on: connection)
    }
    for (id, count) in joined.sorted(by: { $0.key.id < $1.key.id }) {
      try await DurableStore.joinBatch(id, count: count, on: connection)
    }
    let taken = try await DurableStore.insert(rows, on: connection)
    guard !taken.isEmpty else { return rows }
    // A job that was left out cannot end, so its batch must not wait for it.
    let left = rows.filter { taken.contains($0.id) }.compactMap(\.batch)
    let following = try await DurableStore.countDown(left, failed: false, now: now, on: connection)
    return rows.filter { !taken.contains($0.id) } + following
  }
}
