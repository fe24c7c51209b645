package import Contacts
package import Foundation

/// A span of time, both instants included, in seconds.
package struct ReportWindow: Sendable, Equatable {
  /// The longest span in days.
  package static let longest = 36_600

  package let from: Date
  package let to: Date

  /// Creates a span.
  ///
  /// - Throws: `InvalidInput` if it is backwards or too long.
  package init(from: Date, to: Date) throws(InvalidInput) {
    guard from <= to else {
      throw InvalidInput("dateFrom", "\(Self.shown(from)) is after dateTo, \(Self.shown(to))")
    }
    guard to.timeIntervalSince(from) <= Double(Self.longest) * 86_400 else {
      throw InvalidInput(
        "dateFrom", "\(Self.shown(from)) is more than \(Self.longest) days before dateTo")
    }
    self.from = from
    self.to = to
  }

  /// The instant at which it has ended.
  var end: Date { to.addingTimeInterval(1) }

  private static func shown(_ date: Date) -> String {
    date.formatted(.iso8601)
  }
}
