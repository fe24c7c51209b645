public import Foundation
import Redis

/// Dead jobs of one kind with the same error but for its numbers.
public struct DeadGroup: Sendable, Equatable {
  /// The queue's name.
  public var queue: String
  /// The name of the jobs' kind.
  public var name: String
  /// The error with `#` for each number, at most 200 characters; empty where none is known.
  public var error: String
  /// The number of jobs.
  public var count: Int
  /// The instant of the first error; nil where it is not known.
  public var first: Date?
  /// The instant of the last error.
  public var last: Date?
  /// One of the jobs, the newest.
  public var newest: JobID
}

extension JobClient {
  /// The dead jobs by kind and error, the largest groups first; of transient jobs the last thousand of each queue.
  ///
  /// - Throws: when a server is out of reach.
  public func deadGroups(limit: Int) async throws -> [DeadGroup] {
    var groups = try await DeadGroupStore.groups(limit: limit, on: postgres)
    for queue in try await queueNames() {
      let jobs = try await deadTransient(queue)
      for (name, jobs) in Dictionary(grouping: jobs, by: \.name) {
        guard let newest = jobs.map(\.id).max() else { continue }
        let ends = jobs.compactMap(\.endedAt)
        if let index = groups.firstIndex(where: {
          $0.queue == queue && $0.name == name && $0.error.isEmpty
        }) {
          groups[index].count += jobs.count
        } else {
          groups.append(
            DeadGroup(
              queue: queue, name: name, error: "", count: jobs.count, first: ends.min(),
              last: ends.max(), newest: newest))
        }
      }
    }
    return Array(groups.sorted { $0.count > $1.count }.prefix(limit))
  }
}
