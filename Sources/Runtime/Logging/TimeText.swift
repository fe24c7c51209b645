package import Foundation
import Primitives

/// Instants as text.
package enum TimeText {
  /// `2026-05-01T12:30:01.123Z`, by arithmetic: a formatter object would cost more than the line.
  package static func iso(_ date: Date) -> String {
    let milliseconds = Int64(saturating: (date.timeIntervalSince1970 * 1000).rounded())
    let (days, ofDay) = floorDivide(milliseconds, 86_400_000)
    let (year, month, day) = CivilDay.date(Int(days))
    func pad(_ value: some BinaryInteger, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(ofDay / 3_600_000, 2)):"
      + "\(pad(ofDay / 60_000 % 60, 2)):\(pad(ofDay / 1000 % 60, 2)).\(pad(ofDay % 1000, 3))Z"
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let quotient = value >= 0 ? value / by : (value - by + 1) / by
    return (quotient, value - quotient * by)
  }
}
