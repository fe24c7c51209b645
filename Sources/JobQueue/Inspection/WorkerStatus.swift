public import Foundation

/// The status that a worker sends with each heartbeat.
public struct WorkerStatus: Sendable, Codable {
  /// A job whose handler is running.
  public struct RunningJob: Sendable, Codable {
    /// The job's id.
    public var id: JobID
    /// The name of the job's kind.
    public var name: String
    /// The queue's name.
    public var queue: String
    /// The number of the attempt, from 1.
    public var attempt: Int
    /// The instant at which the handler began.
    public var since: Date
    /// The progress, if the handler reports it.
    public var progress: JobProgress?
  }

  /// The worker's id: host, process and a random part.
  public var id: String
  /// The machine's host name.
  public var host: String
  /// The process id on the machine.
  public var processID: Int
  /// The instant at which the worker started.
  public var startedAt: Date
  /// The instant of the last heartbeat, by the worker's clock.
  public var lastHeartbeat: Date
  /// The seconds by which the worker's machine is ahead of Redis; nil where a worker of an older version does not tell.
  public var clockAhead: Double?
  /// The names of the queues that the worker serves.
  public var queues: [String]
  /// The maximum number of handlers that run at once.
  public var concurrency: Int
  /// Whether the worker has stopped fetching.
  public var isDraining: Bool
  /// The jobs whose handlers are running.
  public var running: [RunningJob]
}
