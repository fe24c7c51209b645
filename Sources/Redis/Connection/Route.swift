/// The addresses that an attempt to connect goes through: the server's, or one Sentinel after
/// another until one knows the master, and then the master's.
struct Route {
  enum Target: Equatable {
    case server(RedisConfiguration.Address)
    case sentinel(RedisConfiguration.Address, master: String)

    var address: RedisConfiguration.Address {
      switch self {
      case .server(let address), .sentinel(let address, _): address
      }
    }
  }

  private let discovery: RedisConfiguration.Discovery
  private var sentinel = 0
  private var master: RedisConfiguration.Address?

  init(_ discovery: RedisConfiguration.Discovery) { self.discovery = discovery }

  /// The address to try now.
  mutating func next() -> Target {
    switch discovery {
    case .fixed(let address):
      return .server(address)
    case .sentinels(let addresses, let name):
      if let master {
        self.master = nil
        return .server(master)
      }
      defer { sentinel += 1 }
      return .sentinel(addresses[sentinel % addresses.count], master: name)
    }
  }

  /// Sets the master's address, which a Sentinel told; it is tried next.
  mutating func found(_ address: RedisConfiguration.Address) { master = address }

  /// Whether an address is left that has not been tried since the last pause.
  var hasMore: Bool {
    guard case .sentinels(let addresses, _) = discovery else { return false }
    return sentinel % addresses.count != 0
  }

  /// Whether a reply shows that the server is no longer the master, as after a failover that it
  /// slept through: the Sentinels know where the master is now.
  func isMisled(by error: String) -> Bool {
    guard case .sentinels = discovery else { return false }
    return error.hasPrefix("READONLY ")
  }

  /// Makes the next attempt begin from the start.
  mutating func reset() {
    sentinel = 0
    master = nil
  }
}
