/// The first commands on a new connection, and the meaning of their answers. No input or output.
struct Greeting {
  enum Outcome: Equatable {
    /// More answers are to come.
    case unfinished
    /// The server is ours and ready.
    case ready
    /// A Sentinel told where the master is.
    case master(RedisConfiguration.Address)
    /// Not now: loading its data, a replica, a Sentinel that knows nothing. Try again later.
    case unavailable(RedisError)
    /// Waiting is useless: wrong password, no such database.
    case refused(RedisError)
  }

  private enum Step { case authenticate, ping, select, setName, role, findMaster }

  private var steps: [(step: Step, command: [RedisArgument])] = []
  private var answered = 0

  /// The greeting of the server itself.
  static func server(_ configuration: RedisConfiguration, name: String) -> Greeting {
    var greeting = Greeting()
    greeting.authenticate(configuration.user, configuration.password)
    // Not for the pong: a server that still loads its data answers LOADING.
    greeting.steps.append((.ping, ["PING"]))
    if configuration.database != 0 {
      greeting.steps.append((.select, ["SELECT", RedisArgument(configuration.database)]))
    }
    greeting.steps.append((.setName, ["CLIENT", "SETNAME", RedisArgument(clientName(name))]))
    if case .sentinels = configuration.discovery {
      // A Sentinel's knowledge may be older than a failover.
      greeting.steps.append((.role, ["ROLE"]))
    }
    return greeting
  }

  /// The greeting of a Sentinel.
  static func sentinel(_ configuration: RedisConfiguration, master: String) -> Greeting {
    var greeting = Greeting()
    greeting.authenticate(configuration.sentinelUser, configuration.sentinelPassword)
    greeting.steps.append(
      (.findMaster, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisArgument(master)]))
    return greeting
  }

  private mutating func authenticate(_ user: String?, _ password: String?) {
    guard let password else { return }
    var command: [RedisArgument] = ["AUTH"]
    if let user { command.append(RedisArgument(user)) }
    command.append(RedisArgument(password))
    steps.append((.authenticate, command))
  }

  /// The server allows printable characters without spaces.
  private static func clientName(_ name: String) -> String {
    String(
      decoding: name.utf8.map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "-") },
      as: UTF8.self)
  }

  func encode(into output: inout OutputBuffer) {
    for (_, command) in steps { output.append(command: command) }
  }

  mutating func receive(_ reply: RedisValue) -> Outcome {
    guard answered < steps.count else {
      return .unavailable(RedisError(.protocol, "a reply came that no command asked for"))
    }
    let step = steps[answered].step
    answered += 1
    if case .error(let text) = reply {
      if let outcome = Self.check(RedisError(reply: text), at: step) { return outcome }
    } else if let outcome = Self.check(reply, at: step) {
      return outcome
    }
    return answered == steps.count ? .ready : .unfinished
  }

  /// The outcome of an error; nil when it does not matter.
  private static func check(_ error: RedisError, at step: Step) -> Outcome? {
    switch (step, error.serverPrefix) {
    case (_, "NOAUTH"), (.authenticate, _), (.select, _): .refused(error)
    case (.ping, "NOPERM"), (.role, "NOPERM"), (.setName, _): nil
    case (.ping, _), (.role, _), (.findMaster, _): .unavailable(error)
    }
  }

  private static func check(_ reply: RedisValue, at step: Step) -> Outcome? {
    switch step {
    case .authenticate, .ping, .select, .setName:
      return nil
    case .role:
      let role = reply.array?.first?.text
      if role == "master" { return nil }
      return .unavailable(
        RedisError(.connection, "the server is a \(role ?? "stranger"), not the master"))
    case .findMaster:
      guard let parts = reply.array, parts.count == 2, let host = parts[0].text,
        let port = parts[1].int, (1...65_535).contains(port)
      else {
        return .unavailable(RedisError(.connection, "the sentinel does not know the master"))
      }
      return .master(.tcp(host: host, port: Int(port)))
    }
  }
}
