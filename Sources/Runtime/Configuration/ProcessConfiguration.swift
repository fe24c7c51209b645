package import Logging
package import ObjectStore

/// The configuration of a process: every variable read, checked and typed.
package struct ProcessConfiguration: Sendable {
  /// The kind of process; it decides the operator's port.
  package enum Role: String, Sendable {
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

  /// The environment of the process; `production` forbids what only tests may do.
  package enum Environment: String, Sendable, CaseIterable {
    case development, test, production
  }

  /// The format of log lines; `auto` is plain on a terminal and JSON elsewhere.
  package enum LogFormat: String, Sendable, CaseIterable {
    case auto, json, plain
  }

  /// One of the worker's queues. Those with a weight share the worker by it; one without goes
  /// before all with one, and before those that are listed after it.
  package struct Queue: Sendable, Equatable {
    /// The queue's name.
    package let name: String
    /// Its share; nil for strict priority.
    package let weight: Int?
  }

  package var role: Role
  /// libpq URI or keyword string; holds a password, so never log it unredacted.
  package var databaseURL: String
  /// The maximum number of connections of the process.
  package var databasePool: Int
  /// `redis://`, `rediss://`, `redis+sentinel://` or `unix://`; may hold a password.
  package var redisURL: String
  /// First part of every key.
  package var redisPrefix: String
  /// Address that the API listens on.
  package var httpHost: String
  /// The API's port; 0 picks a free one.
  package var httpPort: Int
  /// Address that the operator's port listens on.
  package var adminHost: String
  /// The operator's port; 0 picks a free one.
  package var adminPort: Int
  /// Base of links in e-mails and tracking, without a slash at its end.
  package var siteURL: String
  /// Signs tokens; nil only in development.
  package var secret: String?
  /// The environment of the process.
  package var environment: Environment
  /// `smtp://…`, `smtps://…` or `maildir:PATH`.
  package var mailTransport: String
  /// The folder with data that are not part of the product; nil for none.
  package var dataFolder: String?
  /// The bucket for the bytes of uploaded files; nil to keep these in the database.
  package var bucket: Bucket?
  /// The secret at the provider of OpenID Connect, never logged; nil for a public client.
  package var openIDSecret: String?
  /// The worker's queues in order of priority; nil means all.
  package var workerQueues: [Queue]?
  /// The number of jobs that run at once.
  package var workerConcurrency: Int
  /// The number of worker deaths after which a job that was running in all of them counts as the
  /// cause.
  package var poisonKills: Int
  /// The longest a request to the API may take, but for those that bring a file.
  package var requestTimeout: Duration
  /// The time a drain waits before jobs are handed back.
  package var drainTimeout: Duration
  /// The time the start waits for PostgreSQL and Redis.
  package var startupTimeout: Duration
  /// The least level that is logged.
  package var logLevel: Logger.Level
  /// The format of log lines.
  package var logFormat: LogFormat
  /// Whether the clock is the one that `martlet clock` sets.
  package var testClock: Bool
  /// The API that `martlet import` sends to, with its login; without a URL the database itself.
  package var api: (url: String?, user: String?, password: String?)
  /// Variables of the environment that Martlet does not know, as warnings.
  package var warnings: [ConfigurationProblem]
}

extension ProcessConfiguration: CustomStringConvertible, CustomReflectable {
  /// Role and environment alone: the rest holds passwords and the secret, and whatever prints a
  /// process's parts must not print those.
  package var description: String { "\(role) in \(environment)" }

  /// As the description: `dump` and error texts look here.
  package var customMirror: Mirror { Mirror(self, children: ["role": role.rawValue]) }
}
