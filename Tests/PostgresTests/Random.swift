import Foundation
import TestSupport

extension SeededGenerator {
  /// Text with everything special in SQL, COPY and arrays; never a NUL, which PostgreSQL refuses.
  mutating func text(upTo length: Int = 24) -> String {
    let odd: [Unicode.Scalar] = [
      "\t", "\n", "\r", "\u{8}", "\u{B}", "\u{C}", "\u{1}", "\u{7F}", "\\", "'", "\"", "{", "}",
      ",", "$", ";", "%", " ", "N", ".", "é", "ß", "中", "\u{301}", "🐦", "\u{FEFF}", "\u{10FFFF}",
    ]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...length, using: &self) {
      if Bool.random(using: &self) {
        scalars.append(odd[Int.random(in: 0..<odd.count, using: &self)])
      } else {
        scalars.append(Unicode.Scalar(UInt8.random(in: 32...126, using: &self)))
      }
    }
    return String(scalars)
  }

  mutating func bytes(upTo length: Int = 40) -> [UInt8] {
    (0..<Int.random(in: 0...length, using: &self)).map { _ in .random(in: 0...255, using: &self) }
  }

  /// An instant with microseconds, between the years 1 and 5000.
  mutating func date() -> Date {
    let microseconds = Int64.random(in: -60_000_000_000_000...95_000_000_000_000, using: &self)
    return Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1000)
  }

  mutating func optional<T>(_ make: (inout SeededGenerator) -> T) -> T? {
    Int.random(in: 0..<4, using: &self) == 0 ? nil : make(&self)
  }

  mutating func array<T>(
    upTo length: Int = 8, _ make: (inout SeededGenerator) -> T
  ) -> [T] {
    let count = Int.random(in: 0...length, using: &self)
    return (0..<count).map { _ in make(&self) }
  }
}

/// Seeds for a property test: a few new ones on every run.
let seeds = (0..<4).map { _ in UInt64.random(in: 0 ... .max) }
