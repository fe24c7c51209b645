import Foundation
import Postgres

/// How an e-mail does (EML-430).
package struct EmailStatistics: Sendable, Equatable {
  /// Numbers of one segment; without a segment those of all other sends.
  package struct Segment: Sendable, Equatable {
    /// The segment's id.
    package var segment: Int64?
    package var sent: Int
    /// Opened.
    package var read: Int
    /// With a link that was followed.
    package var clicked: Int
    /// By which somebody unsubscribed.
    package var unsubscribed: Int
    /// Came back.
    package var bounced: Int
    /// Given up.
    package var failed: Int
  }

  /// A counted link.
  package struct Link: Sendable, Equatable {
    package var url: String
    /// How often it was followed.
    package var clicks: Int
    /// By how many sends.
    package var uniqueClicks: Int
  }

  /// A version of an e-mail that is tested, with its numbers since the test began.
  package struct Version: Sendable, Equatable {
    /// The e-mail's id.
    package var email: Int64
    package var sent: Int
    /// Opened.
    package var read: Int
    /// With a link that was followed.
    package var clicked: Int

    /// What versions are compared by.
    package func rate(by criteria: WinnerCriteria) -> Double {
      sent == 0 ? 0 : Double(criteria == .openRate ? read : clicked) / Double(sent)
    }
  }

  /// By segment, in the order of their numbers.
  package var segments: [Segment]
  /// By link, the most followed first.
  package var links: [Link]
  /// By what versions are compared (EML-153).
  package var criteria: WinnerCriteria
  /// The parent and its variants, the best first; none where there is no test.
  package var versions: [Version]
}
