import NIOCore
import Primitives
import Synchronization

/// The server's open connections: who has how many, what each is doing, and when its request must be done.
final class OpenConnections: Sendable {
  /// What a connection is doing.
  enum Phase {
    /// Between two requests, or at the head of one.
    case idle
    /// A request's content is arriving.
    case receiving
    /// The whole request is here and its answer is not.
    case answering
  }

  /// A request that can be given up.
  private struct Running {
    let deadline: NIODeadline
    let endsWithClient: Bool
    let giveUp: @Sendable (_ isLate: Bool) -> Void
  }

  private struct Entry {
    let channel: any Channel
    /// Whose connections are counted together; nil where they are not.
    let source: String?
    var phase = Phase.idle
    var since = NIODeadline.now()
    /// The instant at which the client stopped sending.
    var left: NIODeadline?
    var running: Running?

    /// Whether no request has begun on the connection for a second.
    func isUnused(at now: NIODeadline) -> Bool { phase == .idle && now - since > .seconds(1) }
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var counts: [String: Int] = [:]
    var proxies: [IPNetwork] = []
    var end: NIODeadline?
  }

  /// A client that stops sending may still wait for an answer, but seldom does; this is the time it gets.
  private static let halfClosedTime = TimeAmount.seconds(2)

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: The maximum number of connections of one source.
  init(limit: Int) { self.limit = limit }

  /// The proxies whose connections are not limited.
  var proxies: [IPNetwork] {
    get { state.withLock { $0.proxies } }
    set { state.withLock { $0.proxies = newValue } }
  }

  /// Notes a new connection. Where its source has too many, the one that is unused for longest is closed, or else the
  /// one that is sending for longest; if all are being answered, the new one is. One that has just come counts as
  /// sending: its request must have the time to arrive.
  func opened(_ channel: any Channel) {
    let address = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    let victim: (any Channel)? = state.withLock { state in
      let source = address.flatMap { address in
        ClientAddress.isTrusted(address, state.proxies) ? nil : address.subscriber
      }
      var victim: (any Channel)?
      if let source, state.counts[source, default: 0] >= limit {
        let now = NIODeadline.now()
        let slow = state.entries.values.filter { $0.source == source && $0.phase != .answering }
          .min { left, right in
            let (leftUnused, rightUnused) = (left.isUnused(at: now), right.isUnused(at: now))
            return leftUnused == rightUnused ? left.since < right.since : leftUnused
          }
        victim = slow?.channel ?? channel
        if let victim { Self.remove(victim, from: &state) }
      }
      if victim !== channel {
        state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, source: source)
        if let source { state.counts[source, default: 0] += 1 }
      }
      return victim
    }
    victim?.close(promise: nil)
  }

  /// Notes the end of a connection.
  func closed(_ channel: any Channel) {
    let running = state.withLock { Self.remove(channel, from: &$0)?.running }
    if let running, running.endsWithClient { running.giveUp(false) }
  }

  @discardableResult
  private static func remove(_ channel: any Channel, from state: inout State) -> Entry? {
    guard let entry = state.entries.removeValue(forKey: ObjectIdentifier(channel)) else {
      return nil
    }
    if let source = entry.source, let count = state.counts[source] {
      state.counts[source] = count > 1 ? count - 1 : nil
    }
    return entry
  }

  /// Notes what a connection is doing from now on.
  func set(_ phase: Phase, _ channel: any Channel) {
    state.withLock { state in
      guard let index = state.entries.index(forKey: ObjectIdentifier(channel)) else { return }
      state.entries.values[index].phase = phase
      state.entries.values[index].since = .now()
    }
  }

  /// Notes that the client has stopped sending.
  func left(_ channel: any Channel) {
    state.withLock { $0.entries[ObjectIdentifier(channel)]?.left = .now() }
  }

  /// Notes the request that a connection brought; it is given up when its time is over, or when its client has left.
  ///
  /// - Returns: False where the connection is closed already.
  func began(
    _ channel: any Channel, time: Duration, endsWithClient: Bool,
    giveUp: @escaping @Sendable (_ isLate: Bool) -> Void
  ) -> Bool {
    let running = Running(
      deadline: .now() + TimeAmount(min(time, .seconds(86_400))), endsWithClient: endsWithClient,
      giveUp: giveUp)
    return state.withLock { state in
      guard let index = state.entries.index(forKey: ObjectIdentifier(channel)) else { return false }
      state.entries.values[index].running = running
      return true
    }
  }

  /// Notes that the request is done.
  func ended(_ channel: any Channel) {
    state.withLock { $0.entries[ObjectIdentifier(channel)]?.running = nil }
  }

  /// Sets the instant at which all connections are closed.
  func drain(within time: Duration) {
    state.withLock { $0.end = .now() + TimeAmount(min(time, .seconds(86_400))) }
  }

  /// Gives up what is late and what nobody waits for, twice a second until it is cancelled.
  func watch() async {
    while true {
      do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
      look(at: .now())
    }
  }

  private func look(at now: NIODeadline) {
    let (requests, channels) = state.withLock { state in
      let isOver = state.end.map { $0 <= now } ?? false
      var requests: [(running: Running, isLate: Bool)] = []
      for (id, entry) in state.entries {
        guard let running = entry.running else { continue }
        let isLate = isOver || running.deadline <= now
        let isAlone =
          running.endsWithClient && entry.left.map { $0 + Self.halfClosedTime <= now } ?? false
        guard isLate || isAlone else { continue }
        requests.append((running, isLate))
        state.entries[id]?.running = nil
      }
      return (requests, isOver ? state.entries.values.map(\.channel) : [])
    }
    for request in requests { request.running.giveUp(request.isLate) }
    for channel in channels { channel.close(promise: nil) }
  }
}
