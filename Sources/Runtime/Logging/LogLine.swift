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
      let taken = reserved.contains(key) || (key == "error" && event.error != nil)
      append(taken ? "_\(key)" : key, to: &line)
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

  private static let reserved: Set<String> = ["time", "level", "logger", "message"]

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
