import Foundation
import Logging
import TestSupport
import Testing

@testable import Runtime

@Suite struct TestClockTests {
  @Test func aMoveIsSeenByEveryProcess() async throws {
    let redis = try TestRedis()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let here = TestClock(redis: redis.connection, prefix: redis.prefix, logger: logger)
    let there = TestClock(redis: redis.connection, prefix: redis.prefix, logger: logger)
    #expect(try await there.refresh() == .zero)
    #expect(abs(there.clock.now.timeIntervalSinceNow) < 60)

    try await here.set(.seconds(86_400))
    #expect(try await there.refresh() == .seconds(86_400))
    #expect(abs(there.clock.now.timeIntervalSinceNow - 86_400) < 60)
    #expect(there.clock.isMovable)

    try await here.set(.zero)
    #expect(try await there.refresh() == .zero)
    try await redis.cleanup()
  }

  @Test func aRunningProcessFollows() async throws {
    let redis = try TestRedis()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let here = TestClock(redis: redis.connection, prefix: redis.prefix, logger: logger)
    let there = TestClock(redis: redis.connection, prefix: redis.prefix, logger: logger)
    let service = Task { try await there.run() }
    try await here.set(.seconds(-3600))
    #expect(await eventually(within: .seconds(5)) { there.clock.offset == .seconds(-3600) })
    service.cancel()
    try await service.value
    try await redis.cleanup()
  }
}
