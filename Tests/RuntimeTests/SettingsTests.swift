import Foundation
import Postgres
import TestSupport
import Testing

@testable import Runtime

@Suite struct SettingsTests {
  @Test func aSettingHoldsItsDefaultUntilItIsSet() async throws {
    try await TestDatabase.with(migrations: Settings.migrations) { database in
      let settings = Settings(postgres: database.pool)
      #expect(try await settings.value(.parallelImportLimit) == 4)
      try await settings.set("parallel_import_limit", to: "7", now: Date())
      #expect(try await settings.value(.parallelImportLimit) == 7)
      let entry = try #require(
        try await settings.list().first { $0.name == "parallel_import_limit" })
      #expect(entry.value == "7" && entry.default == "4")
    }
  }

  @Test func anotherProcessSeesAChangeWithinASecond() async throws {
    try await TestDatabase.with(migrations: Settings.migrations) { database in
      let here = Settings(postgres: database.pool)
      let there = Settings(postgres: database.pool)
      #expect(try await there.value(.parallelImportLimit) == 4)
      try await here.set("parallel_import_limit", to: "9", now: Date())
      let start = ContinuousClock.now
      let seen = try await eventually(within: .seconds(5)) {
        try await there.value(.parallelImportLimit) == 9
      }
      #expect(seen)
      #expect(ContinuousClock.now - start < .seconds(2))
    }
  }

  @Test func wrongNamesAndValuesAreRefused() async throws {
    try await TestDatabase.with(migrations: Settings.migrations) { database in
      let settings = Settings(postgres: database.pool)
      await #expect(throws: Settings.Problem.self) {
        try await settings.set("no_such_thing", to: "1", now: Date())
      }
      for value in ["0", "1001", "many", "", "4.5"] {
        await #expect(throws: Settings.Problem.self) {
          try await settings.set("parallel_import_limit", to: value, now: Date())
        }
      }
      let unchanged = try await settings.value(.parallelImportLimit)
      #expect(unchanged == 4)
    }
  }
}
