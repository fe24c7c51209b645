import Foundation
import Primitives

/// A report as the text of a message: its first rows, and where all of them are.
struct ReportLetter {
  let report: Report
  let window: ReportWindow
  /// The address of this installation.
  let site: String

  /// The most rows, and the most characters of a value.
  static let rows = 100
  private static let width = 120

  var subject: String { "Report: \(report.values.name)" }

  /// The text with rows.
  func body(_ statement: ReportStatement, _ rows: [[String?]], total: Int) -> String {
    let heading = statement.columns.map(\.label).joined(separator: " | ")
    let lines = rows.map { row in row.map { Self.cell($0 ?? "") }.joined(separator: " | ") }
    let left = total - rows.count
    let more = left > 0 ? ["and \(left) more"] : []
    return ([head, "Rows: \(total)", "", heading] + lines + more + ["", link])
      .joined(separator: "\n")
  }

  /// The text that says why there are no rows.
  func body(because reason: String) -> String {
    [head, "", "The report could not be made: \(reason)", "", "\(site)/api/reports/\(report.id)"]
      .joined(separator: "\n")
  }

  private var head: String {
    "\(report.values.name)\n\(Self.text(window.from)) to \(Self.text(window.to)) (UTC)"
  }

  private var link: String {
    "All rows: \(site)/api/reports/\(report.id)/export?format=csv"
      + "&dateFrom=\(Self.text(window.from))&dateTo=\(Self.text(window.to))"
  }

  /// An instant in UTC, without an offset.
  private static func text(_ date: Date) -> String {
    String(date.formatted(.iso8601).prefix(19))
  }

  private static func cell(_ text: String) -> String {
    let line = text.prefix(width).map { $0.isNewline ? " " : $0 }
    return String(line) + (text.count > width ? "…" : "")
  }
}
