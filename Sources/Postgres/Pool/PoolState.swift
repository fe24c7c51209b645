/// The pool's bookkeeping, without connections or clocks of its own: slots, waiters and connections
/// to open. Each function returns what the pool has to do.
struct PoolState<Connection: AnyObject & Sendable> {
  /// A waiting caller, in the order of arrival.
  struct Waiter {
    let id: UInt64
    /// On the monotonic clock, in nanoseconds.
    let deadline: UInt64
    let continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>
  }

  /// The answer to a request for a connection.
  enum Acquisition {
    case connection(Connection)
    /// Wait; and open a connection first if there is room.
    case wait(open: Bool)
    case closed
  }

  struct Idle {
    let connection: Connection
    let since: UInt64
  }

  let maximum: Int
  private(set) var idle: [Idle] = []
  private(set) var waiters: [Waiter] = []
  /// The waiters before this index are gone; the array is trimmed now and then.
  private var firstWaiter = 0
  private(set) var open = 0
  private(set) var opening = 0
  private(set) var isClosed = false
  private var ids: UInt64 = 0
  private var drained: [UnsafeContinuation<Void, Never>] = []

  init(maximum: Int) { self.maximum = maximum }

  var waiting: Int { waiters.count - firstWaiter }
  var used: Int { open - idle.count }
  private var mayOpen: Bool { !isClosed && open + opening < maximum && opening < waiting }

  mutating func acquire() -> Acquisition {
    if isClosed { return .closed }
    // New callers queue behind the waiting ones, even if a connection is free.
    if waiting == 0, let last = idle.popLast() { return .connection(last.connection) }
    return .wait(open: open + opening < maximum && opening <= waiting)
  }

  mutating func nextID() -> UInt64 {
    ids += 1
    return ids
  }

  /// - Returns: whether a connection is to be opened for it.
  mutating func enqueue(_ waiter: Waiter) -> Bool {
    waiters.append(waiter)
    guard mayOpen else { return false }
    opening += 1
    return true
  }

  mutating func removeWaiter(_ id: UInt64) -> Waiter? {
    guard let index = waiters[firstWaiter...].firstIndex(where: { $0.id == id }) else { return nil }
    return waiters.remove(at: index)
  }

  private mutating func popWaiter() -> Waiter? {
    guard firstWaiter < waiters.count else { return nil }
    defer {
      firstWaiter += 1
      if firstWaiter > 32, firstWaiter * 2 > waiters.count {
        waiters.removeFirst(firstWaiter)
        firstWaiter = 0
      }
    }
    return waiters[firstWaiter]
  }

  /// Takes a connection that came back or was just opened.
  /// - Returns: the waiter that gets it; `nil` if it is idle. `close` if the pool no longer wants
  ///   it.
  mutating func offer(_ connection: Connection, now: UInt64) -> (to: Waiter?, close: Bool) {
    if let waiter = popWaiter() { return (waiter, false) }
    if isClosed {
      open -= 1
      return (nil, true)
    }
    idle.append(Idle(connection: connection, since: now))
    return (nil, false)
  }

  mutating func opened() {
    opening -= 1
    open += 1
  }

  /// Records that a connection in use was discarded.
  /// - Returns: whether to open another for the waiters.
  mutating func discarded() -> Bool {
    open -= 1
    guard mayOpen else { return false }
    opening += 1
    return true
  }

  /// Removes an idle connection that broke.
  mutating func lost(_ connection: Connection) -> Bool {
    guard let index = idle.firstIndex(where: { $0.connection === connection }) else { return false }
    idle.remove(at: index)
    open -= 1
    return true
  }

  /// Records a failure to open. Returns whether to try again: only while someone waits.
  mutating func openingFailed() -> Bool {
    if waiting > 0, !isClosed { return true }
    opening -= 1
    return false
  }

  /// Records a permanent failure to open; returns all waiters.
  mutating func openingRefused() -> [Waiter] {
    opening -= 1
    defer {
      waiters = []
      firstWaiter = 0
    }
    return Array(waiters[firstWaiter...])
  }

  /// The waiters whose time is up. Waiters are in the order of arrival, and so are their deadlines.
  mutating func expired(now: UInt64) -> [Waiter] {
    var late: [Waiter] = []
    while firstWaiter < waiters.count, waiters[firstWaiter].deadline <= now {
      if let waiter = popWaiter() { late.append(waiter) }
    }
    return late
  }

  var nextDeadline: UInt64? { firstWaiter < waiters.count ? waiters[firstWaiter].deadline : nil }

  /// Idle connections unused since an instant. The longest idle are first.
  mutating func reap(idleSince limit: UInt64) -> [Connection] {
    let count = idle.prefix { $0.since <= limit }.count
    defer { idle.removeFirst(count) }
    open -= count
    return idle.prefix(count).map(\.connection)
  }

  /// Closes: new callers get nothing, and the waiters are refused.
  mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
    isClosed = true
    let connections = idle.map(\.connection)
    open -= idle.count
    idle = []
    defer {
      waiters = []
      firstWaiter = 0
    }
    return (connections, Array(waiters[firstWaiter...]))
  }

  /// Sets the continuation to resume when the last connection has come back.
  mutating func whenDrained(_ continuation: UnsafeContinuation<Void, Never>) {
    drained.append(continuation)
  }

  mutating func takeDrained() -> [UnsafeContinuation<Void, Never>] {
    guard isClosed, open == 0, opening == 0 else { return [] }
    defer { drained = [] }
    return drained
  }
}
