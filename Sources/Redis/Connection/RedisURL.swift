import CHiredis

/// The parts of a Redis address. (Foundation's URL cannot hold several hosts, as Sentinels need.)
struct RedisURL {
  private let scheme: String
  private let credentials: Credentials
  private let hosts: String
  private let path: String
  private let query: [String: String]

  private struct Credentials {
    var user: String?
    var password: String?
  }

  init(_ url: String) throws(RedisError) {
    guard let mark = url.firstRange(of: "://") else {
      throw Self.error("it has no scheme; write redis://host:port/database")
    }
    scheme = url[..<mark.lowerBound].lowercased()
    var rest = url[mark.upperBound...]
    if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
    if let question = rest.firstIndex(of: "?") {
      query = try Self.query(rest[rest.index(after: question)...])
      rest = rest[..<question]
    } else {
      query = [:]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    path = try Self.decoded(rest[slash...])
    let authority = rest[..<slash]
    if let at = authority.lastIndex(of: "@") {
      credentials = try Self.credentials(authority[..<at])
      hosts = String(authority[authority.index(after: at)...])
    } else {
      credentials = Credentials()
      hosts = String(authority)
    }
  }

  func configuration() throws(RedisError) -> RedisConfiguration {
    var configuration = try RedisConfiguration(discovery())
    configuration.user = credentials.user
    configuration.password = credentials.password
    configuration.sentinelUser = query["sentinel_user"]
    configuration.sentinelPassword = query["sentinel_password"]
    if let database = databaseText() {
      guard let number = Int(database), number >= 0 else {
        throw Self.error("the database must be a number, not \"\(database)\"")
      }
      configuration.database = number
    }
    return configuration
  }

  private func discovery() throws(RedisError) -> RedisConfiguration.Discovery {
    switch scheme {
    case "redis", "tcp":
      return .fixed(try Self.address(hosts, defaultPort: 6379))
    case "unix", "redis+unix", "redis+socket":
      guard hosts.isEmpty, path.count > 1 else {
        throw Self.error("a unix socket is written unix:///path/of/socket")
      }
      return .fixed(.unix(path: path))
    case "redis+sentinel":
      guard let master = pathParts.first else {
        throw Self.error("the master's name is missing: redis+sentinel://host:port/master")
      }
      var addresses: [RedisConfiguration.Address] = []
      for host in hosts.split(separator: ",", omittingEmptySubsequences: false) {
        addresses.append(try Self.address(String(host), defaultPort: 26379))
      }
      return .sentinels(addresses, master: master)
    case "rediss", "rediss+sentinel":
      throw RedisError(
        .tls,
        "\(scheme):// needs TLS, which this program's Redis client was built without: the hiredis "
          + "it uses, \(HIREDIS_MAJOR).\(HIREDIS_MINOR).\(HIREDIS_PATCH), has none. Use redis:// "
          + "through a TLS tunnel or a private network")
    default:
      throw Self.error(
        "the scheme \"\(scheme)\" is unknown; redis, redis+sentinel and unix are known")
    }
  }

  private var pathParts: [String] { path.split(separator: "/").map(String.init) }

  private func databaseText() -> String? {
    if let database = query["db"] ?? query["database"] { return database }
    switch scheme {
    case "redis", "tcp": return pathParts.first
    case "redis+sentinel": return pathParts.count > 1 ? pathParts[1] : nil
    default: return nil
    }
  }
}

extension RedisURL {
  private static func address(
    _ text: String, defaultPort: Int
  ) throws(RedisError) -> RedisConfiguration.Address {
    var host = Substring(text)
    var port: Substring?
    if text.hasPrefix("["), let bracket = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<bracket]
      let rest = text[text.index(after: bracket)...]
      if rest.hasPrefix(":") { port = rest.dropFirst() }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    guard !host.isEmpty else { throw error("the host is missing") }
    guard let port else { return .tcp(host: String(host), port: defaultPort) }
    guard let number = Int(port), (1...65_535).contains(number) else {
      throw error("\"\(port)\" is not a port")
    }
    return .tcp(host: String(host), port: number)
  }

  private static func credentials(_ text: Substring) throws(RedisError) -> Credentials {
    guard let colon = text.firstIndex(of: ":") else {
      // As redis-cli and others read it: a lone word before the @ is the user.
      return Credentials(user: text.isEmpty ? nil : try decoded(text))
    }
    let user = try decoded(text[..<colon])
    return Credentials(
      user: user.isEmpty ? nil : user, password: try decoded(text[text.index(after: colon)...]))
  }

  private static func query(_ text: Substring) throws(RedisError) -> [String: String] {
    var items: [String: String] = [:]
    for item in text.split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      items[try decoded(parts[0])] = parts.count > 1 ? try decoded(parts[1]) : ""
    }
    return items
  }

  /// The text with `%xx` decoded.
  private static func decoded(_ text: Substring) throws(RedisError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let hexadecimal = String(digits),
        let value = UInt8(hexadecimal, radix: 16)
      else { throw error("a % must be followed by two hexadecimal digits") }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw error("what %xx spells is not UTF-8")
    }
    return decoded
  }

  private static func error(_ message: String) -> RedisError {
    RedisError(.configuration, "The Redis address cannot be understood: \(message)")
  }
}
