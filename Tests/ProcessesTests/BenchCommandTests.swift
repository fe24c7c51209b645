import Foundation
import TestSupport
import Testing

/// `martlet bench` on a small list: its figures say nothing, but what it measures must be done right.
@Suite struct BenchCommandTests {
  private struct Result: Decodable {
    let benchmark: String
    let value: Double
  }

  @Test("Rows are imported as by reading the list line by line, and exported")
  func importsAndExports() async throws {
    try await Workbench.with(migrated: false) { bench in
      let outcome = try await bench.martlet("bench", "imports", "exports", "--rows", "3000")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let results = try outcome.output.split(separator: "\n").map {
        try JSONDecoder().decode(Result.self, from: Data($0.utf8))
      }
      let measured = Set(results.map(\.benchmark))
      #expect(measured.isSuperset(of: ["imports.new", "imports.again", "exports.csv"]))
      #expect(results.allSatisfy { $0.value > 0 })
    }
  }
}
