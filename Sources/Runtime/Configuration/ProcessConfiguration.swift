public import Logging

/// What a process was told: every variable read, checked and typed.
public struct ProcessConfiguration: Sendable {
  /// Which process this is; it decides the operator's port.
  public enum Role: String, Sendable {
    case api, worker, scheduler
    /// All three in one process.
    case dev
    /// The command line: asks, and serves nothing.
    case tool

    var adminPort: Int {
      switch self {
      case .api, .dev, .tool: 9080
      case .worker: 9081
      case .scheduler: 9082
      }
    }
  }

  /// Where the process runs; `production` forbids what only tests may do.
  public enum Environment: String, Sendable, CaseIterable {
    case development, test, production
  }

  /// How log lines look; `auto` is plain on a terminal and JSON elsewhere.
  public enum LogFormat: String, Sendable, CaseIterable {
    case auto, json, plain
  }

  /// One of the worker's queues. Those with a weight share the worker by it; one without goes
  /// before all with one, and before those that are listed after it.
  public struct Queue: Sendable, Equatable {
    /// The queue's name.
    public let name: String
    /// Its share; nil for strict priority.
    public let weight: Int?
  }

  /// The process.
  public var role: Role
  /// libpq URI or keyword string; holds a password, so never log it unredacted.
  public var databaseURL: String
  /// Connections the process may open.
  public var databasePool: Int
  /// `redis://`, `rediss://`, `redis+sentinel://` or `unix://`; may hold a password.
  public var redisURL: String
  /// First part of every key.
  public var redisPrefix: String
  /// Address that the API and the operator's port listen on.
  public var httpHost: String
  /// The API's port; 0 picks a free one.
  public var httpPort: Int
  /// The operator's port; 0 picks a free one.
  public var adminPort: Int
  /// Base of links in e-mails and tracking, without a slash at its end.
  public var siteURL: String
  /// Signs tokens; nil only in development.
  public var secret: String?
  /// Where the process runs.
  public var environment: Environment
  /// `smtp://…`, `smtps://…` or `maildir:PATH`.
  public var mailTransport: String
  /// The worker's queues in order of priority; nil means all.
  public var workerQueues: [Queue]?
  /// Jobs under way at once.
  public var workerConcurrency: Int
  /// A job that was under way in so many workers when they died is taken for their killer.
  public var poisonKills: Int
  /// How long a drain waits before jobs are handed back.
  public var drainTimeout: Duration
  /// How long the start waits for PostgreSQL and Redis.
  public var startupTimeout: Duration
  /// The least level that is logged.
  public var logLevel: Logger.Level
  /// How log lines look.
  public var logFormat: LogFormat
  /// Whether the clock is the one that `martlet clock` sets.
  public var testClock: Bool
  /// The API that `martlet import` sends to, with its login; without a URL the database itself.
  public var api: (url: String?, user: String?, password: String?)
  /// Variables of the environment that Martlet does not know, as warnings.
  public var warnings: [ConfigurationProblem]
}

extension ProcessConfiguration: CustomStringConvertible, CustomReflectable {
  /// Role and environment alone: the rest holds passwords and the secret, and whatever prints a
  /// process's parts must not print those.
  public var description: String { "\(role) in \(environment)" }

  /// As the description: `dump` and error texts look here.
  public var customMirror: Mirror { Mirror(self, children: ["role": role.rawValue]) }
}
