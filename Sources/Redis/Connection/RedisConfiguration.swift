/// The address of the server, the user, and the timeouts.
public struct RedisConfiguration: Sendable, Equatable {
  /// The address of one server.
  public enum Address: Sendable, Hashable {
    /// A host name or IP address, and a port.
    case tcp(host: String, port: Int)
    /// The path of a unix socket.
    case unix(path: String)
  }

  /// A way to find the server.
  public enum Discovery: Sendable, Equatable {
    /// It is always at this address.
    case fixed(Address)
    /// Sentinels at these addresses know where the master of this name is at present.
    case sentinels([Address], master: String)
  }

  /// The way to find the server.
  public var discovery: Discovery
  /// The ACL user; nil means the default user.
  public var user: String?
  /// The password; nil means that no `AUTH` is sent.
  public var password: String?
  /// The user at the Sentinels, when they ask for one.
  public var sentinelUser: String?
  /// The password at the Sentinels, which often differs from the server's.
  public var sentinelPassword: String?
  /// The database that is selected on connecting; 0 unless given.
  public var database: Int = 0
  /// The longest time a command may take from the call to its reply, waiting for a connection included,
  /// unless the call says otherwise.
  public var commandTimeout: Duration = .seconds(5)
  /// The longest time one attempt may take to connect, authenticate and find the server ready.
  public var connectTimeout: Duration = .seconds(3)
  /// The pause after a failed attempt to connect: from the first bound, doubling with jitter up to
  /// the second. The first attempt after a loss is made at once.
  public var reconnectDelay: ClosedRange<Duration> = .milliseconds(20)...(.seconds(1))
  /// The largest reply accepted, in bytes; a larger one ends the connection.
  public var maximumReplySize = 512 << 20

  /// A server found in this way, with defaults for the rest.
  public init(_ discovery: Discovery) { self.discovery = discovery }

  /// Reads an address:
  /// - `redis://[[user]:password@]host[:port][/database]`
  /// - `redis+sentinel://[[user]:password@]host[:port],host[:port]…/master[/database]`
  /// - `unix://[[user]:password@]/path/of/socket[?db=database]`
  ///
  /// `?sentinel_user=…&sentinel_password=…` log in to the Sentinels. Reserved characters in user,
  /// password and master are written `%xx`.
  ///
  /// - Throws: `.configuration` when the address cannot be understood, `.tls` for `rediss://`,
  ///   because the hiredis of this build has no TLS. The message never holds the password.
  public init(url: String) throws(RedisError) {
    self = try RedisURL(url).configuration()
  }
}

extension RedisConfiguration.Address: CustomStringConvertible {
  /// `host:port`, or the path.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }
}

extension RedisConfiguration: CustomStringConvertible {
  /// The address without user and password, for logs.
  public var description: String {
    switch discovery {
    case .fixed(let address): "redis at \(address), database \(database)"
    case .sentinels(let addresses, let master):
      "redis master \(master), database \(database), by sentinels "
        + addresses.map(\.description).joined(separator: ",")
    }
  }
}
