package import Foundation
package import Postgres

/// The rule by which a published record is in use: the instant is within its window.
package enum PublishWindow {
  /// Returns the condition on a table, by its name in a query.
  package static func isOpen(_ table: String, _ now: Date) -> SQL {
    let table: SQL = "\(identifier: table)"
    return """
      (\(sql: table).is_published
        AND (\(sql: table).publish_up IS NULL OR \(sql: table).publish_up <= \(now))
        AND (\(sql: table).publish_down IS NULL OR \(sql: table).publish_down > \(now)))
      """
  }
}

/// What is in use while it is published, within its window.
package protocol Published {
  var isPublished: Bool { get }
  /// The instant from which it is in use; nil for always.
  var publishUp: Date? { get }
  /// The instant until which it is in use; nil for no end.
  var publishDown: Date? { get }
}

extension Published {
  /// Whether it is in use at an instant.
  package func isOpen(at instant: Date) -> Bool {
    isPublished && (publishUp.map { $0 <= instant } ?? true)
      && (publishDown.map { $0 > instant } ?? true)
  }

  /// Refuses a window that ends before it begins.
  ///
  /// - Parameter what: What it is, in the message: "the page".
  /// - Throws: ``InvalidInput``.
  package func checkWindow(_ what: String) throws(InvalidInput) {
    guard let publishUp, let publishDown, publishDown < publishUp else { return }
    throw InvalidInput("publishDown", "\(what) ends before it begins")
  }
}
