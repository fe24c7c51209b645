import Foundation
import Logging

/// A log line's text, in either form. Fields come in a fixed order; passwords are redacted.
enum LogLine {
  /// `{"time":…,"level":…,"logger":…,"message":…,"error":…,<metadata>}`.
  static func json(
    time: Date, label: String, event: LogEvent, metadata: Logger.Metadata
  ) -> String {
    var line = "{\"time\":\"\(TimeText.iso(time))\",\"level\":\"\(event.level.rawValue)\""
    line += ",\"logger\":"
    append(label, to: &line)
    line += ",\"message\":"
    append(Redaction.redact(event.message.description), to: &line)
    if let error = event.error {
      line += ",\"error\":"
      append(Redaction.redact("\(error)"), to: &line)
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line += ","
      // A name of the line's own would appear twice and hide the first.
      append(reserved.contains(key) ? "_\(key)" : key, to: &line)
      line += ":"
      append(value, to: &line)
    }
    return line + "}\n"
  }

  /// `12:30:01.123 info  worker: message key=value`.
  static func plain(
    time: Date, label: String, event: LogEvent, metadata: Logger.Metadata
  ) -> String {
    let level = event.level.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
    var line = "\(TimeText.iso(time).dropFirst(11).dropLast()) \(level) \(label): "
    line += Redaction.redact(event.message.description)
    if let error = event.error { line += " error=\(Redaction.redact("\(error)"))" }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line += " \(key)=\(Redaction.redact(value.description))"
    }
    return line.replacingOccurrences(of: "\n", with: "\n  ") + "\n"
  }

  private static let reserved: Set<String> = ["time", "level", "logger", "message", "error"]

  private static func append(_ value: Logger.MetadataValue, to line: inout String) {
    switch value {
    case .string(let text): append(Redaction.redact(text), to: &line)
    case .stringConvertible(let number as any BinaryInteger): line += "\(number)"
    case .stringConvertible(let flag as Bool): line += "\(flag)"
    case .stringConvertible(let number as Double) where number.isFinite: line += "\(number)"
    case .stringConvertible(let other): append(Redaction.redact(other.description), to: &line)
    case .array(let values):
      line += "["
      for (index, value) in values.enumerated() {
        if index > 0 { line += "," }
        append(value, to: &line)
      }
      line += "]"
    case .dictionary(let values):
      line += "{"
      for (index, pair) in values.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { line += "," }
        append(pair.key, to: &line)
        line += ":"
        append(pair.value, to: &line)
      }
      line += "}"
    }
  }

  /// A JSON string; control characters are escaped, so a line stays one line.
  private static func append(_ text: String, to line: inout String) {
    line += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": line += "\\\""
      case "\\": line += "\\\\"
      case "\n": line += "\\n"
      case "\r": line += "\\r"
      case "\t": line += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: line.unicodeScalars.append(scalar)
      }
    }
    line += "\""
  }
}

/// Instants as text.
enum TimeText {
  /// `2026-05-01T12:30:01.123Z`, by arithmetic: a formatter object would cost more than the line.
  static func iso(_ date: Date) -> String {
    let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    let (days, ofDay) = floorDivide(milliseconds, 86_400_000)
    let (year, month, day) = civil(days)
    func pad(_ value: Int64, _ width: Int) -> String {
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

  /// Days since 1970 to a date of the Gregorian calendar, after Howard Hinnant's algorithm.
  private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
    let (era, ofEra) = floorDivide(days + 719_468, 146_097)
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let dayOfYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}
