import Foundation
import TestSupport
import Testing

@testable import Bench

@Suite("Live figures of the console", .timeLimit(.minutes(10))) struct LiveFigureTests {
  @Test("CSL-1: ten browsers see what a campaign does within a second, and are read for once")
  func tenBrowsers() async throws {
    let installation = try await Installation.start(
      postgresSettings: ["shared_preload_libraries=pg_stat_statements"])
    let programs = try #require(ProcessInfo.processInfo.environment["MARTLET_TEST_BIN"])
    try await BenchCrew.addUser(installation.pool)
    let crew = try BenchCrew(
      BenchCrew.Place(
        programs: programs, databaseURL: installation.postgres.url,
        redisURL: installation.redis.url, prefix: "martlet"))
    let report: LiveFigures.Report
    do {
      report = try await LiveFigures(pool: installation.pool, crew: crew, watchers: 10)
        .run(contacts: 2_000)
    } catch {
      try await crew.end()
      throw error
    }
    try await crew.end()
    let alone = try #require(report.statementsAlone)
    #expect(alone > 0 && report.statementsTogether == alone)
    #expect(try #require(report.looksPerSecond) <= 2.1)
    #expect(report.done == 6_000)
    // How late they are on a quiet machine `martlet bench console --live` shows; a busy one gets more time.
    #expect(report.lag < 10, "\(report)")
    #expect(report.pushes >= 20, "\(report)")
  }

  @Test("How far a browser is behind the truth")
  func lag() {
    let start = ContinuousClock.now
    func at(_ seconds: Double, _ done: Int) -> EventStream.Reading {
      EventStream.Reading(at: start + .milliseconds(Int(seconds * 1000)), done: done)
    }
    let truth = [at(0, 0), at(1, 10), at(2, 30)]
    #expect(LiveFigures.lag(of: [at(0, 0), at(1.5, 12), at(2.25, 30)], behind: truth) == 0.5)
    #expect(LiveFigures.lag(of: [at(0, 0), at(0.9, 30)], behind: truth) == 0)
    #expect(LiveFigures.lag(of: [at(0, 0), at(1.1, 10)], behind: truth) == .infinity)
  }
}
