import Logging
import Synchronization

// Getting a connection, and getting it again.
extension ConnectionLoop {
  /// The minimum time between warnings about one outage, in nanoseconds.
  private static let warningInterval: Int64 = 10_000_000_000
  /// The age from which a connection counts as stable, in nanoseconds.
  private static let steady: Int64 = 1_000_000_000

  /// Begins an attempt at the next address of the route.
  func connect(at now: Int64) {
    let target = route.next()
    let deadline = now.addingSaturating(configuration.connectTimeout.nanoseconds)
    do throws(RedisError) {
      let link = try Link(target.address, maximumReplySize: configuration.maximumReplySize)
      let greeting =
        switch target {
        case .server: Greeting.server(configuration, name: name)
        case .sentinel(_, let master): Greeting.sentinel(configuration, master: master)
        }
      phase = .connecting(link, greeting, deadline: deadline)
    } catch {
      failed(error, at: now)
    }
  }

  /// Sends the greeting once the socket is connected, or handles the failure.
  func greet(_ link: Link, _ greeting: Greeting, _ deadline: Int64, at now: Int64) {
    do throws(RedisError) {
      try link.finishConnecting()
      try link.write(greeting)
      phase = .greeting(link, greeting, deadline: deadline)
    } catch {
      failed(error, at: now)
    }
  }

  /// Reads the answers to the greeting.
  func hear(_ link: Link, _ greeting: Greeting, _ deadline: Int64, at now: Int64) {
    var greeting = greeting
    var outcome = Greeting.Outcome.unfinished
    do throws(RedisError) {
      try link.read(using: buffer) { (reply) throws(RedisError) in
        guard outcome == .unfinished else { return }
        outcome = greeting.receive(reply)
      }
    } catch {
      // A server that refuses may close the connection behind its answer.
      if outcome == .unfinished { outcome = .unavailable(error) }
    }
    switch outcome {
    case .unfinished:
      phase = .greeting(link, greeting, deadline: deadline)
    case .ready:
      connected(link, at: now)
    case .master(let address):
      route.found(address)
      connect(at: now)
    case .unavailable(let error):
      failed(error.located(at: link.address), at: now)
    case .refused(let error):
      // Waiting does not fix a wrong password: the waiting calls fail at once.
      queue.failAll(error.located(at: link.address))
      failed(error.located(at: link.address), at: now)
    }
  }

  private func connected(_ link: Link, at now: Int64) {
    let failures = backoff.failures
    logger.info(
      "Connected to Redis",
      metadata: [
        "connection": "\(name)", "address": "\(link.address)", "failed_attempts": "\(failures)",
      ])
    route.reset()
    nextWarning = 0
    connectedAt = now
    connections.increment()
    mailbox.connectionsMade.wrappingAdd(1, ordering: .relaxed)
    queue.dropGone()
    phase = .ready(link)
  }

  /// Handles a failed attempt. The next address is tried at once; after the last there is a pause.
  func failed(_ error: RedisError, at now: Int64) {
    absence = error
    if now >= nextWarning {
      nextWarning = now.addingSaturating(Self.warningInterval)
      logger.warning(
        "Cannot connect to Redis; trying again",
        metadata: ["connection": "\(name)", "error": "\(error.message)"])
    }
    var random = SystemRandomNumberGenerator()
    let pause = route.hasMore ? 0 : backoff.delay(using: &random)
    phase = .pausing(until: now.addingSaturating(pause))
  }

  /// Handles the loss of the connection. Commands on their way fail; the others wait for the next
  /// one.
  func lost(_ error: RedisError, at now: Int64) {
    absence = error
    logger.warning(
      "Lost the connection to Redis; connecting again",
      metadata: ["connection": "\(name)", "error": "\(error.message)"])
    // Says the same for the first failed attempt only after a while.
    nextWarning = now.addingSaturating(Self.warningInterval / 10)
    queue.connectionLost(error)
    route.reset()
    var pause: Int64 = 0
    if now - connectedAt >= Self.steady {
      backoff.reset()
    } else {
      // A server that accepts and drops connections must not be retried in a tight loop.
      var random = SystemRandomNumberGenerator()
      pause = backoff.delay(using: &random)
    }
    phase = .pausing(until: now.addingSaturating(pause))
  }
}

extension RedisError {
  /// The error with the server's address before its message.
  func located(at address: RedisConfiguration.Address) -> RedisError {
    var error = self
    error.message = "\(address): \(message)"
    return error
  }
}
