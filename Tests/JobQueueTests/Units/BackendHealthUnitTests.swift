import Postgres
import Redis
import Testing

@testable import JobQueue

struct BackendHealthUnitTests {
  @Test func pausesGrowUntilTheServerIsBack() {
    let health = BackendHealth(logger: Fixture.logger)
    let start = ContinuousClock.now
    #expect(!health.isAway(.redis))
    let pauses = (0..<9).map { health.away(.redis, Trouble(), now: start + .seconds($0)) }
    #expect(pauses.prefix(3) == [.milliseconds(500), .seconds(1), .seconds(2)])
    #expect(pauses.suffix(2) == [.seconds(30), .seconds(30)])
    #expect(health.isAway(.redis))
    #expect(!health.isAway(.postgres))
    health.back(.redis, now: start + .seconds(20))
    #expect(!health.isAway(.redis))
    #expect(health.away(.redis, Trouble()) == .milliseconds(500))
  }

  @Test func successWithoutAnOutageChangesNothing() {
    let health = BackendHealth(logger: Fixture.logger)
    health.back(.postgres)
    #expect(!health.isAway(.postgres))
  }

  @Test func servicesPauseUpToTwoSeconds() {
    let pauses = [1, 2, 3, 6, 7, 1000].map { BackendHealth.pause(afterFailures: $0) }
    let expected: [Duration] = [100, 200, 400, 2000, 2000, 2000].map { .milliseconds($0) }
    #expect(pauses == expected)
  }

  @Test func onlyErrorsOfUnreachableServersCount() {
    #expect(BackendUnavailable(RedisError(.timeout, "late")) == .redis)
    #expect(BackendUnavailable(RedisError(.cancelled, "stopped")) == nil)
    #expect(BackendUnavailable(Trouble()) == nil)
  }
}
