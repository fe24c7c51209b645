public import Foundation

/// What a worker says of itself with each heartbeat.
public struct WorkerStatus: Sendable, Codable {
  /// A job in a handler's hands.
  public struct RunningJob: Sendable, Codable {
    /// The job.
    public var id: JobID
    /// Its name.
    public var name: String
    /// Its queue.
    public var queue: String
    /// Which attempt this is, from 1.
    public var attempt: Int
    /// When the handler began.
    public var since: Date
    /// How far it has come, if the handler says so.
    public var progress: JobProgress?
  }

  /// The worker's id.
  public var id: String
  /// The machine.
  public var host: String
  /// The process there.
  public var processID: Int
  /// When it started.
  public var startedAt: Date
  /// When it last said it lives.
  public var lastHeartbeat: Date
  /// The queues it serves.
  public var queues: [String]
  /// How many handlers it runs at once.
  public var concurrency: Int
  /// Whether it fetches no more.
  public var isDraining: Bool
  /// What it is doing.
  public var running: [RunningJob]
}
