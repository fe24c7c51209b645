import CLibPQ

/// The address of a PostgreSQL server and the settings of its sessions.
public struct PostgresConfiguration: Sendable {
  /// The libpq URI (`postgres://user@host/db?sslmode=require`) or keyword string
  /// (`host=… dbname=…`). TLS, password files and service files are libpq's.
  public let url: String
  /// The maximum number of connections a pool opens. Each takes a server process and a thread here.
  public var maximumConnections: Int
  /// The name shown in `pg_stat_activity`; the URL's own wins over the default.
  public var applicationName: String?
  /// The longest a statement may run before the server cancels it; `nil` is no limit.
  public var statementTimeout: Duration?
  /// The longest a statement waits for a lock; `nil` is no limit.
  public var lockTimeout: Duration?
  /// The longest a transaction may stand idle before the server ends its session; `nil` is no limit.
  public var idleInTransactionTimeout: Duration?
  /// The longest to wait for a connection of the pool, which includes the server being away.
  public var acquireTimeout: Duration = .seconds(30)
  /// The longest to wait for one attempt to connect, in whole seconds; at least 2.
  public var connectTimeout: Duration = .seconds(10)
  /// The time without an answer after which the server is asked over a new connection whether it is there at all; the
  /// connection is given up if it is not. `nil` never asks.
  public var silenceLimit: Duration? = .seconds(30)
  /// The connections of a pool that only callers with ``PostgresPool/usesReserve`` may take.
  public var reservedConnections = 0
  /// The time that an idle connection stays open.
  public var idleTimeout: Duration = .seconds(300)
  /// The number of statements that a connection keeps prepared.
  public var statementCacheSize = 256

  private let addressParameters: [(String, String)]

  /// Reads the address. Nothing is connected yet.
  /// - Throws: `.configuration` if libpq does not understand the address.
  public init(
    url: String, maximumConnections: Int = 8, applicationName: String? = nil,
    statementTimeout: Duration? = nil, lockTimeout: Duration? = nil,
    idleInTransactionTimeout: Duration? = nil
  ) throws(PostgresError) {
    guard maximumConnections > 0 else {
      throw PostgresError(.configuration, "a pool of no connections")
    }
    self.url = url
    self.maximumConnections = maximumConnections
    self.applicationName = applicationName
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
    self.idleInTransactionTimeout = idleInTransactionTimeout
    addressParameters = try PostgresConfiguration.parse(url)
  }

  /// The keywords and values for libpq. Later ones win.
  var parameters: [(keyword: String, value: String)] {
    var result: [(String, String)] = [
      ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "30000"), ("fallback_application_name", "martlet"),
      ("connect_timeout", String(max(2, connectTimeout.components.seconds))),
    ]
    var options: [String] = []
    for (keyword, value) in addressParameters {
      if keyword == "options" { options.append(value) } else { result.append((keyword, value)) }
    }
    if let applicationName { result.append(("application_name", applicationName)) }
    result.append(("client_encoding", "UTF8"))
    options += settings.map { "-c \($0.name)=\($0.value)" }
    result.append(("options", options.joined(separator: " ")))
    return result
  }

  /// The settings of a session.
  var settings: [(name: String, value: String)] {
    // Conversions between dates and instants must not depend on the server's location. Statements here are short and
    // many: compiling one takes longer than running it.
    var settings: [(name: String, value: String)] = [
      ("TimeZone", "UTC"), ("client_min_messages", "warning"), ("jit", "off"),
    ]
    for (name, limit) in [
      ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
      ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
    ] {
      if let limit {
        settings.append((name, String(min(limit.wholeMilliseconds, Int64(Int32.max)))))
      }
    }
    return settings
  }

  /// The address without user and password, for messages.
  public var place: String {
    let values = Dictionary(addressParameters, uniquingKeysWith: { $1 })
    let host = values["host"] ?? values["hostaddr"] ?? "localhost"
    return "\(host):\(values["port"] ?? "5432")/\(values["dbname"] ?? "")"
  }

  private static func parse(_ url: String) throws(PostgresError) -> [(String, String)] {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &message) else {
      // libpq quotes the address in its message, and with it perhaps the password.
      PQfreemem(message)
      throw PostgresError(.configuration, "the database address is no libpq URI or keyword string")
    }
    defer { PQconninfoFree(options) }
    var result: [(String, String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        result.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
    return result
  }
}

extension Duration {
  /// Rounded up, at least 1: PostgreSQL takes 0 as no limit.
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    let rest: Int64 = attoseconds % 1_000_000_000_000_000 > 0 ? 1 : 0
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return seconds < 0 ? 1 : .max }
    return max(1, min(product, .max - 1000) + milliseconds + rest)
  }

  /// For deadlines on the monotonic clock.
  var nanosecondsClamped: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max / 2 : min(.max / 2, product) + UInt64(attoseconds / 1_000_000_000)
  }
}
