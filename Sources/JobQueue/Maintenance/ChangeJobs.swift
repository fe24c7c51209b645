import Foundation

/// Does the same to all jobs that match a filter (API page, 11.4): an operator's answer to a fault that has hit many.
public struct ChangeJobs: DurableJob {
  /// What is done.
  public enum Action: String, Codable, Sendable, CaseIterable {
    /// Dead and given-up jobs are tried again.
    case retry
    /// Jobs that wait or run are cancelled.
    case cancel
    /// Dead jobs are removed.
    case delete
  }

  /// The result of the job.
  public struct Result: Codable, Sendable, Equatable {
    /// The jobs that matched.
    public var matched: Int
    /// Those of them that were changed; the others had changed by themselves meanwhile.
    public var changed: Int
  }

  public static let name = "jobs.change"
  public static let queue = "jobs"
  /// Kept for 30 days after it ends.
  public static let options = JobOptions(keep: .seconds(30 * 86_400))

  /// The jobs of one step.
  private static let step = 500

  var action: Action
  var filter: JobFilter

  /// - Parameter filter: Which jobs, but for its start, limit and cursor.
  public init(_ action: Action, _ filter: JobFilter) {
    self.action = action
    self.filter = filter
  }

  /// Registers the handler. Jobs that came after the request are left alone; a second delivery finds what the first has left.
  public static func register(in registry: inout JobRegistry, jobs: JobClient) {
    registry.register(Self.self) { job, context in
      var filter = job.filter
      (filter.start, filter.limit, filter.before) = (0, step, context.id)
      var result = Result(matched: 0, changed: 0)
      while true {
        try context.checkLease()
        let page = try await jobs.jobs(filter)
        guard let last = page.last else { break }
        result.changed += try await job.change(page, jobs)
        result.matched += page.count
        context.progress(done: Int64(result.matched))
        filter.before = last.id
      }
      try context.setResult(result)
      try await context.complete()
    }
  }

  /// Changes some jobs.
  ///
  /// - Returns: The number of those that were changed.
  private func change(_ page: [JobStatus], _ jobs: JobClient) async throws -> Int {
    var changed = 0
    switch action {
    case .retry:
      for (queue, dead) in Dictionary(grouping: page.filter { $0.state == .dead }, by: \.queue) {
        changed += try await jobs.retryDead(queue: queue, dead.map(\.id))
      }
      for job in page where job.state == .failed {
        changed += try await Self.counted { try await jobs.retry(job.id) }
      }
    case .delete:
      for (queue, dead) in Dictionary(grouping: page.filter { $0.state == .dead }, by: \.queue) {
        changed += try await jobs.purgeDead(queue: queue, dead.map(\.id))
      }
    case .cancel:
      for job in page where [.queued, .scheduled, .running].contains(job.state) {
        changed += try await Self.counted { try await jobs.cancel(job.id) }
      }
    }
    return changed
  }

  /// 1, or 0 where the job has changed by itself meanwhile.
  private static func counted(_ body: () async throws -> Void) async throws -> Int {
    do {
      try await body()
      return 1
    } catch is JobError {
      return 0
    }
  }
}
