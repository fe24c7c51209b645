import Foundation
import Postgres

/// The statistics of an e-mail (EML-430).
package struct EmailStatistics: Sendable, Equatable {
  /// The numbers of one segment; without a segment those of all other sends.
  package struct Segment: Sendable, Equatable {
    /// The segment's id.
    package var segment: Int64?
    package var sent: Int
    /// The number of opened sends.
    package var read: Int
    /// The number of sends that people opened.
    package var readByPeople: Int
    /// The number of sends with a click.
    package var clicked: Int
    /// The number of sends with a click of a person.
    package var clickedByPeople: Int
    /// The number of sends that led to unsubscribing.
    package var unsubscribed: Int
    /// The number of bounced sends.
    package var bounced: Int
    /// The number of failed sends.
    package var failed: Int
  }

  /// A tracked link.
  package struct Link: Sendable, Equatable {
    package var url: String
    /// The number of clicks.
    package var clicks: Int
    /// The number of those by machines.
    package var machineClicks: Int
    /// The number of sends with a click on it.
    package var uniqueClicks: Int
  }

  /// A tested version of an e-mail, with its numbers since the test began.
  package struct Version: Sendable, Equatable {
    /// The e-mail's id.
    package var email: Int64
    package var sent: Int
    /// The number of sends that people opened.
    package var read: Int
    /// The number of sends with a click of a person.
    package var clicked: Int

    /// Returns the rate by which versions are compared.
    package func rate(by criteria: WinnerCriteria) -> Double {
      sent == 0 ? 0 : Double(criteria == .openRate ? read : clicked) / Double(sent)
    }
  }

  /// The numbers by segment, in order of id.
  package var segments: [Segment]
  /// The links, the most clicked first.
  package var links: [Link]
  /// The rate by which versions are compared (EML-153).
  package var criteria: WinnerCriteria
  /// The parent and its variants, the best first; empty without a test.
  package var versions: [Version]
}
