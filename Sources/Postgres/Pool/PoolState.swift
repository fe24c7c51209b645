/// The pool's bookkeeping, without connections or clocks of its own: slots, waiters and connections
/// to open. Each function returns what the pool has to do.
struct PoolState<Connection: AnyObject & Sendable> {
  /// A waiting caller, in the order of arrival.
  struct Waiter {
    let id: UInt64
    /// On the monotonic clock, in nanoseconds.
    let deadline: UInt64
    let continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>
    /// Whether it may take a connection of the reserve.
    var isUrgent = false
  }

  /// Waiters in the order of arrival.
  private struct Line {
    private var all: [Waiter] = []
    /// The waiters before this index are gone; the array is trimmed now and then.
    private var start = 0

    var count: Int { all.count - start }
    var firstDeadline: UInt64? { start < all.count ? all[start].deadline : nil }
    var first: Waiter? { start < all.count ? all[start] : nil }
    var waiters: ArraySlice<Waiter> { all[start...] }

    mutating func append(_ waiter: Waiter) { all.append(waiter) }

    mutating func pop() -> Waiter? {
      guard let first else { return nil }
      start += 1
      if start > 32, start * 2 > all.count {
        all.removeFirst(start)
        start = 0
      }
      return first
    }

    mutating func remove(_ id: UInt64) -> Waiter? {
      guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
      return all.remove(at: index)
    }
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
  /// The connections that only urgent callers may take.
  let reserved: Int
  private(set) var idle: [Idle] = []
  private var ordinary = Line()
  private var urgent = Line()
  /// The connections lent to urgent callers, and the number of those lent to others.
  private var lentUrgently: Set<ObjectIdentifier> = []
  private var lentOrdinarily: Set<ObjectIdentifier> = []
  private(set) var open = 0
  private(set) var opening = 0
  private(set) var isClosed = false
  private var ids: UInt64 = 0
  private var drained: [UnsafeContinuation<Void, Never>] = []

  init(maximum: Int, reserved: Int = 0) {
    self.maximum = maximum
    self.reserved = min(max(0, reserved), maximum - 1)
  }

  var waiting: Int { ordinary.count + urgent.count }
  var used: Int { open - idle.count }
  /// The number of connections that ordinary callers may still take.
  private var room: Int { max(0, maximum - reserved - lentOrdinarily.count) }
  private var mayOpen: Bool {
    !isClosed && open + opening < maximum && opening < urgent.count + min(ordinary.count, room)
  }

  mutating func acquire(urgently isUrgent: Bool = false) -> Acquisition {
    if isClosed { return .closed }
    // New callers queue behind the waiting ones, even if a connection is free.
    let mayTake = isUrgent ? urgent.count == 0 : waiting == 0 && room > 0
    if mayTake, let last = idle.popLast() {
      lend(last.connection, urgently: isUrgent)
      return .connection(last.connection)
    }
    return .wait(open: open + opening < maximum && opening <= waiting)
  }

  private mutating func lend(_ connection: Connection, urgently isUrgent: Bool) {
    let id = ObjectIdentifier(connection)
    if isUrgent { lentUrgently.insert(id) } else { lentOrdinarily.insert(id) }
  }

  private mutating func takeBack(_ connection: Connection) {
    let id = ObjectIdentifier(connection)
    if lentUrgently.remove(id) == nil { lentOrdinarily.remove(id) }
  }

  mutating func nextID() -> UInt64 {
    ids += 1
    return ids
  }

  /// - Returns: whether a connection is to be opened for it.
  mutating func enqueue(_ waiter: Waiter) -> Bool {
    if waiter.isUrgent { urgent.append(waiter) } else { ordinary.append(waiter) }
    guard mayOpen else { return false }
    opening += 1
    return true
  }

  mutating func removeWaiter(_ id: UInt64) -> Waiter? {
    if let waiter = urgent.remove(id) { return waiter }
    return ordinary.remove(id)
  }

  /// The waiter that came first of those who may have a connection.
  private mutating func popWaiter() -> Waiter? {
    guard room > 0, let first = ordinary.first else { return urgent.pop() }
    if let other = urgent.first, other.id < first.id { return urgent.pop() }
    return ordinary.pop()
  }

  /// Takes a connection that came back or was just opened.
  /// - Returns: the waiter that gets it; `nil` if it is idle. `close` if the pool no longer wants
  ///   it.
  mutating func offer(_ connection: Connection, now: UInt64) -> (to: Waiter?, close: Bool) {
    takeBack(connection)
    if let waiter = popWaiter() {
      lend(connection, urgently: waiter.isUrgent)
      return (waiter, false)
    }
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
  mutating func discarded(_ connection: Connection) -> Bool {
    takeBack(connection)
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
    return takeWaiters()
  }

  private mutating func takeWaiters() -> [Waiter] {
    defer { (urgent, ordinary) = (Line(), Line()) }
    return (urgent.waiters + ordinary.waiters).sorted { $0.id < $1.id }
  }

  /// The waiters whose time is up. Waiters are in the order of arrival, and so are their deadlines.
  mutating func expired(now: UInt64) -> [Waiter] {
    var late: [Waiter] = []
    while let first = urgent.first, first.deadline <= now { late.append(first); _ = urgent.pop() }
    while let first = ordinary.first, first.deadline <= now {
      late.append(first); _ = ordinary.pop()
    }
    return late
  }

  var nextDeadline: UInt64? {
    [urgent.firstDeadline, ordinary.firstDeadline].compactMap { $0 }.min()
  }

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
    return (connections, takeWaiters())
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
