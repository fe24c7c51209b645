import CHiredis
import Glibc
import Logging
import Metrics
import Primitives
import Synchronization

/// The loop of a connection's thread: collects commands, writes them, reads replies, watches the clock, and
/// connects again when the server is gone. It waits in `poll` and nowhere else (but for the time that
/// looking up a host name takes).
final class ConnectionLoop {
  enum Phase {
    /// Nothing has been asked yet.
    case idle
    /// The last attempt failed; the next is at this time.
    case pausing(until: Int64)
    /// The socket is being connected.
    case connecting(Link, Greeting, deadline: Int64)
    /// AUTH and similar commands were sent and are being answered.
    case greeting(Link, Greeting, deadline: Int64)
    /// Commands flow.
    case ready(Link)
  }

  let configuration: RedisConfiguration
  let name: String
  let logger: Logger
  let mailbox: Mailbox
  var queue: CommandQueue
  var phase = Phase.idle {
    didSet { publishState() }
  }
  var route: Route
  var backoff: Backoff
  /// The reason for having no connection, for calls that wait for one in vain.
  var absence = RedisError(.connection, "not connected yet")
  var nextWarning: Int64 = 0
  /// The time the present connection was made.
  var connectedAt: Int64 = 0

  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private let sent = Counter(label: "martlet_redis_commands_total")
  let connections = Counter(label: "martlet_redis_connections_total")

  init(configuration: RedisConfiguration, name: String, logger: Logger, mailbox: Mailbox) {
    self.configuration = configuration
    self.name = name
    self.logger = logger
    self.mailbox = mailbox
    queue = CommandQueue(patience: configuration.commandTimeout.nanoseconds)
    route = Route(configuration.discovery)
    backoff = Backoff(
      shortest: configuration.reconnectDelay.lowerBound.nanoseconds,
      longest: configuration.reconnectDelay.upperBound.nanoseconds)
  }

  deinit { buffer.deallocate() }

  /// Runs until the connection is closed.
  func run() {
    while true {
      let now = Monotonic.now()
      let mail = mailbox.collect(into: &queue, connected: isReady, now: now)
      count(mail.commands)
      if mail.isClosing { break }
      advance(at: now)
      if queue.expire(at: now, absence: isReady ? nil : absence) {
        lost(RedisError(.connection, "the server owes a reply for too long"), at: now)
      }
      wait(from: now)
    }
    queue.failAll(.closed)
    phase = .idle
    mailbox.end()
  }

  private var isReady: Bool {
    if case .ready = phase { true } else { false }
  }

  private func publishState() {
    let state: RedisConnection.State = isReady ? .connected : .connecting
    mailbox.state.store(state.rawValue, ordering: .relaxed)
  }

  private func count(_ commands: Int) {
    guard commands > 0 else { return }
    sent.increment(by: Int64(commands))
    mailbox.commandsSent.wrappingAdd(commands, ordering: .relaxed)
  }

  /// Does what can be done without waiting.
  private func advance(at now: Int64) {
    switch phase {
    case .idle:
      if !queue.isEmpty { connect(at: now) }
    case .pausing(let until):
      if now >= until { connect(at: now) }
    case .connecting(let link, _, let deadline), .greeting(let link, _, let deadline):
      if now >= deadline {
        failed(RedisError(.connection, "\(link.address): no answer in time"), at: now)
      }
    case .ready(let link):
      flush(to: link, at: now)
    }
  }

  private func flush(to link: Link, at now: Int64) {
    guard !queue.output.isEmpty else { return }
    do throws(RedisError) {
      queue.wrote(try link.write(queue.output))
    } catch {
      lost(error, at: now)
    }
  }

  /// Waits for the socket, for commands, or for the next deadline.
  private func wait(from now: Int64) {
    var (socket, events, deadline) = interest
    deadline = min(deadline, queue.nextDeadline)
    var timeout: Int32 = -1
    if deadline != Monotonic.never {
      // Rounded up, so as not to wake a moment early and go round for nothing.
      timeout = Int32(clamping: (max(0, deadline - now) + 999_999) / 1_000_000)
    }
    if !mailbox.fallAsleep() { timeout = 0 }
    var descriptors = (
      pollfd(fd: mailbox.wakeDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: socket, events: events, revents: 0)
    )
    let ready = withUnsafeMutableBytes(of: &descriptors) { bytes in
      poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, timeout)
    }
    guard ready > 0 else { return }
    if descriptors.0.revents != 0 { mailbox.clearWakeUp() }
    if descriptors.1.revents != 0 { socketIsReady(Int32(descriptors.1.revents)) }
  }

  /// The socket (-1 without one), the events to wait for, and the deadline.
  private var interest: (socket: Int32, events: Int16, deadline: Int64) {
    switch phase {
    case .idle: (-1, 0, Monotonic.never)
    case .pausing(let until): (-1, 0, until)
    case .connecting(let link, _, let deadline): (link.descriptor, Int16(POLLOUT), deadline)
    case .greeting(let link, _, let deadline): (link.descriptor, Int16(POLLIN), deadline)
    case .ready(let link):
      (link.descriptor, Int16(queue.output.isEmpty ? POLLIN : POLLIN | POLLOUT), Monotonic.never)
    }
  }

  private func socketIsReady(_ events: Int32) {
    let now = Monotonic.now()
    switch phase {
    case .idle, .pausing:
      break
    case .connecting(let link, let greeting, let deadline):
      greet(link, greeting, deadline, at: now)
    case .greeting(let link, let greeting, let deadline):
      hear(link, greeting, deadline, at: now)
    case .ready(let link):
      guard events & ~POLLOUT != 0 else { return }
      queue.madeProgress(at: now)
      var demotion: RedisError?
      do throws(RedisError) {
        try link.read(using: buffer) { (reply) throws(RedisError) in
          if case .error(let text) = reply, route.isMisled(by: text) {
            demotion = RedisError(reply: text)
          }
          try queue.receive(reply)
        }
        if let demotion { throw demotion }
      } catch {
        lost(error, at: now)
      }
    }
  }
}
