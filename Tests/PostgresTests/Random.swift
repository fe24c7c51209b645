import Foundation

/// A generator whose seed is printed with a failure, so that the failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Text with all that is awkward in SQL, COPY and arrays; never a NUL, which PostgreSQL refuses.
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
