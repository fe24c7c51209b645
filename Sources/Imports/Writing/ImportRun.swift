import Fields
import Foundation
import Primitives

/// The parts of an import that are the same for all of its parts.
struct ImportRun: Sendable {
  let importID: Int64
  let object: ImportObject
  let originalFile: String
  /// The id of the record that row 1 creates; row r creates `baseID + r - 1`.
  let baseID: Int64
  let lineCount: Int
  let columnCount: Int
  let layout: Layout
  let rule: IdentityRule
  let defaults: ImportDefaults
  let users: UserDirectory
  /// The defaults of companies that rows name and that do not exist yet (CON-06).
  let companyDefaults: [(field: Field, canonical: String)]
  /// The user in `created_by` and `modified_by`.
  let actor: ImportActor
  /// The start of the import, used for every timestamp that it writes.
  let started: Date
  /// The start in PostgreSQL's format.
  let startedText: String
  /// The start in microseconds since 1970, for comparing the age of records.
  let startedMicroseconds: Int64

  func id(ofRow row: Int) -> Int64 { baseID + Int64(row) - 1 }
}

/// Conversions between instants and PostgreSQL's text format.
enum InstantText {
  /// Returns an instant as `YYYY-MM-DD HH:MM:SS.ffffff+00`.
  static func of(_ date: Date) -> String {
    let microseconds = Self.microseconds(date)
    var (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    if fraction < 0 {
      seconds -= 1
      fraction += 1_000_000
    }
    var (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    if rest < 0 {
      days -= 1
      rest += 86_400
    }
    let (year, month, day) = CivilDay.date(Int(days))
    return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + " " + pad(rest / 3600, 2) + ":"
      + pad(rest / 60 % 60, 2) + ":" + pad(rest % 60, 2) + "." + pad(fraction, 6) + "+00"
  }

  static func microseconds(_ date: Date) -> Int64 {
    Int64(saturating: (date.timeIntervalSince1970 * 1_000_000).rounded())
  }

  /// Returns the microseconds since 1970 of an instant in canonical form: `YYYY-MM-DD HH:MM:SS` in
  /// UTC, optionally with a fraction and `+00`.
  static func microseconds(canonical text: some Collection<UInt8>) -> Int64? {
    let bytes = Array(text)
    func number(_ from: Int, _ count: Int) -> Int64? {
      guard from + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[from..<(from + count)] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2) else {
      return nil
    }
    let hour = number(11, 2) ?? 0
    let minute = number(14, 2) ?? 0
    let second = number(17, 2) ?? 0
    let days = Int64(CivilDay.number(Int(year), Int(month), Int(day)))
    return ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000
  }

  private static func pad(_ value: some BinaryInteger, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
