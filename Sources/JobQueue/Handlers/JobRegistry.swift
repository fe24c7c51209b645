/// The kinds of jobs that a worker can run, each with its handler.
public struct JobRegistry: Sendable {
  private(set) var kinds: [String: JobKind] = [:]

  /// An empty registry.
  public init() {}

  /// The queues that registered kinds go to, in alphabetical order.
  public var queues: [String] { Set(kinds.values.map(\.queue)).sorted() }

  /// Registers the handler of a durable job.
  ///
  /// The handler applies its effect with ``JobContext/complete(_:)``, which removes the job in the
  /// same transaction. If it returns without doing so, the worker removes the job afterwards; its
  /// effect is then applied at least once.
  public mutating func register<J: DurableJob>(
    _ type: J.Type, _ handler: @escaping @Sendable (J, JobContext) async throws -> Void
  ) {
    kinds[J.name] = JobKind(type, isDurable: true, handler: handler)
  }

  /// Registers the handler of a transient job.
  public mutating func register<J: TransientJob>(
    _ type: J.Type, _ handler: @escaping @Sendable (J, JobContext) async throws -> Void
  ) {
    kinds[J.name] = JobKind(type, isDurable: false, handler: handler)
  }

  /// Registers a handler that takes up to `size` durable jobs at once.
  ///
  /// A job that failed before runs alone, so that one that cannot succeed does not fail others
  /// repeatedly.
  public mutating func registerBatch<J: DurableJob>(
    _ type: J.Type, size: Int,
    _ handler: @escaping @Sendable ([JobItem<J>], JobBatchContext<J>) async throws -> Void
  ) {
    kinds[J.name] = JobKind(type, isDurable: true, size: size, handler: handler)
  }

  /// Registers a handler that takes up to `size` transient jobs at once.
  public mutating func registerBatch<J: TransientJob>(
    _ type: J.Type, size: Int,
    _ handler: @escaping @Sendable ([JobItem<J>], JobBatchContext<J>) async throws -> Void
  ) {
    kinds[J.name] = JobKind(type, isDurable: false, size: size, handler: handler)
  }

  /// The maximum number of jobs of a queue that one handler takes at once.
  func batchSize(of queue: String) -> Int {
    kinds.values.filter { $0.queue == queue }.map(\.batchSize).max() ?? 1
  }
}

/// A kind of job with its handler.
struct JobKind: Sendable {
  let name: String
  let queue: String
  let version: Int
  let isDurable: Bool
  let options: JobOptions
  let batchSize: Int
  /// Decodes the jobs and calls the handler.
  let run: @Sendable ([Delivery], JobServices) async throws -> Void

  init<J: Job>(
    _ type: J.Type, isDurable: Bool,
    handler: @escaping @Sendable (J, JobContext) async throws -> Void
  ) {
    self.init(type, isDurable: isDurable, batchSize: 1) { deliveries, services in
      for delivery in deliveries {
        let job = try decode(J.self, from: delivery)
        try await handler(job, JobContext(delivery: delivery, services: services))
      }
    }
  }

  init<J: Job>(
    _ type: J.Type, isDurable: Bool, size: Int,
    handler: @escaping @Sendable ([JobItem<J>], JobBatchContext<J>) async throws -> Void
  ) {
    self.init(type, isDurable: isDurable, batchSize: max(1, size)) { deliveries, services in
      let context = JobBatchContext<J>(deliveries: deliveries, services: services)
      var items: [JobItem<J>] = []
      items.reserveCapacity(deliveries.count)
      for delivery in deliveries {
        do {
          items.append(
            JobItem(
              id: delivery.entry.id, attempt: delivery.entry.attempt + 1,
              job: try decode(J.self, from: delivery)))
        } catch {
          delivery.fail(error)
        }
      }
      guard !items.isEmpty else { return }
      try await handler(items, context)
    }
  }

  private init<J: Job>(
    _ type: J.Type, isDurable: Bool, batchSize: Int,
    run: @escaping @Sendable ([Delivery], JobServices) async throws -> Void
  ) {
    name = J.name
    queue = J.queue
    version = J.version
    options = J.options
    self.isDurable = isDurable
    self.batchSize = batchSize
    self.run = run
  }
}

/// Decodes a job's parameters. Parameters that this version cannot read are a permanent failure.
private func decode<J: Job>(_ type: J.Type, from delivery: Delivery) throws -> J {
  do {
    return try Payload.decode(J.self, from: delivery.entry.payload)
  } catch let error as DecodingError {
    throw PermanentJobFailure("the parameters cannot be read: \(error.place)")
  }
}

extension DecodingError {
  /// The fault and its coding path, without the value.
  fileprivate var place: String {
    func path(_ context: Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
    case .typeMismatch(let type, let context): return "\(path(context)) is no \(type)"
    case .valueNotFound(_, let context): return "\(path(context)) is null"
    case .dataCorrupted(let context): return "\(path(context)) is corrupted"
    @unknown default: return "unknown reason"
    }
  }
}
