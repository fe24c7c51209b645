import Testing

@testable import Postgres

/// The pool's bookkeeping, without connections, clocks or tasks.
struct PoolStateUnitTests {
  private final class Fake: Sendable {}
  private typealias State = PoolState<Fake>

  /// The continuation of a waiter is of no concern to the state: it hands it back untouched.
  private static func waiter(
    _ state: inout State, deadline: UInt64 = .max, isUrgent: Bool = false
  ) -> State.Waiter {
    State.Waiter(
      id: state.nextID(), deadline: deadline,
      continuation: unsafeBitCast(
        1, to: UnsafeContinuation<Result<Fake, PostgresError>, Never>.self),
      isUrgent: isUrgent)
  }

  /// A state with `count` connections in use.
  private static func used(_ count: Int, maximum: Int) -> (State, [Fake]) {
    var state = State(maximum: maximum)
    var connections: [Fake] = []
    for _ in 0..<count {
      let one = waiter(&state)
      _ = state.enqueue(one)
      state.opened()
      let connection = Fake()
      _ = state.offer(connection, now: 0)
      connections.append(connection)
    }
    return (state, connections)
  }

  private static func isWait(_ acquisition: State.Acquisition, open: Bool) -> Bool {
    if case .wait(open) = acquisition { true } else { false }
  }

  @Test func anEmptyPoolOpensOneConnectionForEachWaiterUpToTheMaximum() {
    var state = State(maximum: 2)
    verify(Self.isWait(state.acquire(), open: true))
    let opens = (0..<4).map { _ in
      let one = Self.waiter(&state)
      return state.enqueue(one)
    }
    #expect(opens == [true, true, false, false])
    #expect(state.opening == 2)
    #expect(state.waiting == 4)
    verify(Self.isWait(state.acquire(), open: false))
  }

  @Test func theMostRecentlyUsedIdleConnectionIsTakenFirst() {
    var (state, connections) = Self.used(2, maximum: 2)
    for (index, connection) in connections.enumerated() {
      let offered = state.offer(connection, now: UInt64(index))
      #expect(offered.to == nil && !offered.close)
    }
    #expect(state.used == 0)
    guard case .connection(let first) = state.acquire() else {
      Issue.record("nothing was idle")
      return
    }
    #expect(first === connections[1])
    #expect(state.used == 1)
  }

  @Test func waitersAreServedInOrderAndBeforeNewcomers() {
    var (state, connections) = Self.used(1, maximum: 1)
    let first = Self.waiter(&state)
    let second = Self.waiter(&state)
    _ = state.enqueue(first)
    _ = state.enqueue(second)
    verify(Self.isWait(state.acquire(), open: false))
    verify(state.offer(connections[0], now: 0).to?.id == first.id)
    verify(state.offer(connections[0], now: 0).to?.id == second.id)
    verify(state.offer(connections[0], now: 0).to == nil)
    #expect(state.idle.count == 1)
  }

  @Test func orderHoldsOverManyWaiters() {
    var (state, connections) = Self.used(1, maximum: 1)
    var expected: [UInt64] = []
    var served: [UInt64] = []
    for round in 0..<200 {
      let one = Self.waiter(&state)
      expected.append(one.id)
      _ = state.enqueue(one)
      if round % 3 == 0, let next = state.offer(connections[0], now: 0).to {
        served.append(next.id)
      }
    }
    while state.waiting > 0, let next = state.offer(connections[0], now: 0).to {
      served.append(next.id)
    }
    #expect(served == expected)
    #expect(state.open == 1)
  }

  @Test func aRemovedWaiterIsNotServed() {
    var (state, connections) = Self.used(1, maximum: 1)
    let first = Self.waiter(&state)
    let second = Self.waiter(&state)
    _ = state.enqueue(first)
    _ = state.enqueue(second)
    verify(state.removeWaiter(first.id)?.id == first.id)
    verify(state.removeWaiter(first.id) == nil)
    verify(state.offer(connections[0], now: 0).to?.id == second.id)
  }

  @Test func deadlinesExpireInOrder() {
    var (state, _) = Self.used(1, maximum: 1)
    for deadline: UInt64 in [10, 20, 30] {
      let one = Self.waiter(&state, deadline: deadline)
      _ = state.enqueue(one)
    }
    #expect(state.nextDeadline == 10)
    verify(state.expired(now: 9).isEmpty)
    verify(state.expired(now: 20).map(\.deadline) == [10, 20])
    #expect(state.nextDeadline == 30)
    #expect(state.waiting == 1)
  }

  @Test func aDiscardedConnectionIsReplacedOnlyForWaiters() {
    var (state, connections) = Self.used(2, maximum: 2)
    let first = state.discarded(connections[0])
    #expect(!first)
    #expect(state.open == 1)
    let one = Self.waiter(&state)
    verify(state.enqueue(one))
    let two = Self.waiter(&state)
    verify(!state.enqueue(two))
    let second = state.discarded(connections[1])
    #expect(second)
    #expect(state.opening == 2 && state.open == 0)
  }

  @Test func aBrokenIdleConnectionIsForgottenOnce() {
    var (state, connections) = Self.used(1, maximum: 1)
    let whileUsed = state.lost(connections[0])
    #expect(!whileUsed)
    _ = state.offer(connections[0], now: 0)
    let whileIdle = state.lost(connections[0])
    let again = state.lost(connections[0])
    #expect(whileIdle && !again)
    #expect(state.open == 0 && state.idle.isEmpty)
  }

  @Test func failedOpeningIsRepeatedOnlyWhileSomeoneWaits() {
    var state = State(maximum: 1)
    let one = Self.waiter(&state)
    _ = state.enqueue(one)
    let whileWaiting = state.openingFailed()
    #expect(whileWaiting && state.opening == 1)
    _ = state.removeWaiter(one.id)
    let alone = state.openingFailed()
    #expect(!alone && state.opening == 0)
  }

  @Test func refusedOpeningFailsAllWaiters() {
    var state = State(maximum: 1)
    let ids = (0..<3).map { _ in
      let one = Self.waiter(&state)
      _ = state.enqueue(one)
      return one.id
    }
    verify(state.openingRefused().map(\.id) == ids)
    #expect(state.waiting == 0 && state.opening == 0)
    verify(Self.isWait(state.acquire(), open: true))
  }

  @Test func theLongestIdleConnectionsAreReaped() {
    var (state, connections) = Self.used(3, maximum: 3)
    for (index, connection) in connections.enumerated() {
      _ = state.offer(connection, now: UInt64(index) * 10)
    }
    let reaped = state.reap(idleSince: 10)
    #expect(reaped.count == 2 && reaped[0] === connections[0] && reaped[1] === connections[1])
    #expect(state.open == 1 && state.idle.count == 1)
  }

  @Test func aClosedPoolRefusesNewcomersAndClosesWhatComesBack() {
    var (state, connections) = Self.used(3, maximum: 3)
    _ = state.offer(connections[0], now: 0)
    let (idle, waiters) = state.close()
    #expect(idle.count == 1 && waiters.isEmpty)
    if case .closed = state.acquire() {} else { Issue.record("a newcomer was admitted") }
    verify(state.takeDrained().isEmpty)
    verify(state.offer(connections[1], now: 0).close)
    let replaces = state.discarded(connections[2])
    #expect(!replaces)
    #expect(state.open == 0)
  }

  @Test func theReserveIsForUrgentCallersAlone() {
    var state = State(maximum: 3, reserved: 1)
    let opens = (0..<4).map { _ in
      let one = Self.waiter(&state)
      return state.enqueue(one)
    }
    #expect(opens == [true, true, false, false], "one of three is kept")
    let connections = (0..<2).map { _ in Fake() }
    for connection in connections {
      state.opened()
      verify(state.offer(connection, now: 0).to?.isUrgent == false)
    }
    let urgent = Self.waiter(&state, isUrgent: true)
    verify(state.enqueue(urgent))
    state.opened()
    let third = Fake()
    verify(state.offer(third, now: 0).to?.id == urgent.id)
    verify(state.offer(third, now: 0).to == nil)
    verify(state.waiting == 2)
    if case .connection = state.acquire() { Issue.record("the reserve was given away") }
    guard case .connection(let taken) = state.acquire(urgently: true) else {
      Issue.record("the reserve was refused")
      return
    }
    #expect(taken === third)
    verify(state.offer(connections[0], now: 0).to?.isUrgent == false)
  }

  @Test func urgentAndOrdinaryCallersAreServedAsTheyCame() {
    var (state, connections) = Self.used(2, maximum: 2)
    let waiters = [false, true, false, true].map { Self.waiter(&state, isUrgent: $0) }
    for waiter in waiters { _ = state.enqueue(waiter) }
    let served = (0..<4).compactMap { _ in state.offer(connections[0], now: 0).to?.id }
    #expect(served == waiters.map(\.id))
  }

  @Test func aReserveNeverTakesTheLastConnection() {
    var state = State(maximum: 1, reserved: 5)
    let one = Self.waiter(&state)
    verify(state.enqueue(one))
  }

  @Test func closingHandsBackTheWaiters() {
    var (state, _) = Self.used(1, maximum: 1)
    let one = Self.waiter(&state)
    _ = state.enqueue(one)
    verify(state.close().waiters.map(\.id) == [one.id])
    #expect(state.waiting == 0)
  }
}

/// Expects a condition whose evaluation changes a value, which `#expect` does not allow.
private func verify(_ condition: Bool, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: location)
}
