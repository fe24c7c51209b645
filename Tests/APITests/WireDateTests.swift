import Foundation
import TestSupport
import Testing

@testable import API

@Suite("Dates on the wire")
struct WireDateTests {
  @Test("An offset of +00:00, no fraction")
  func format() {
    #expect(
      WireDate.format(Date(timeIntervalSince1970: 1_709_285_400.7)) == "2024-03-01T09:30:00+00:00")
    #expect(WireDate.format(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00+00:00")
    #expect(WireDate.format(Date(timeIntervalSince1970: -1)) == "1969-12-31T23:59:59+00:00")
  }

  @Test(
    "Forms that are read",
    arguments: [
      ("2024-03-01T09:30:00+00:00", 1_709_285_400), ("2024-03-01 09:30:00", 1_709_285_400),
      ("2024-03-01 09:30", 1_709_285_400), ("2024-03-01", 1_709_251_200),
      ("2024-03-01T09:30:00Z", 1_709_285_400), ("2024-03-01T11:30:00+02:00", 1_709_285_400),
      ("2024-03-01T09:30:00.123Z", 1_709_285_400), ("2024-02-29", 1_709_164_800),
    ])
  func parse(text: String, seconds: Int) {
    #expect(WireDate.parse(text) == Date(timeIntervalSince1970: Double(seconds)))
  }

  @Test(
    "Forms that are not",
    arguments: [
      "", "2023-02-29", "2024-13-01", "yesterday", "2024-3-1", "2024-03-01T25:00:00Z",
      "2024-03-01x",
    ])
  func refused(text: String) {
    #expect(WireDate.parse(text) == nil)
  }

  @Test("Every instant reads back")
  func roundTrip() {
    let seed = SeededGenerator.fresh
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let date = Date(
        timeIntervalSince1970: Double(
          Int.random(in: -5_000_000_000...9_000_000_000, using: &random)))
      #expect(WireDate.parse(WireDate.format(date)) == date, "seed \(seed)")
    }
  }
}
