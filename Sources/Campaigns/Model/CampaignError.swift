package import Contacts

/// Why something could not be done with a campaign; nothing was changed.
package enum CampaignError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A member that every campaign needs is missing (400).
  case invalid(InvalidInput)
  /// The graph or the settings of an event break rules (422).
  case refused(InvalidInput)
  /// The present state does not allow it (409).
  case conflict(String)
  /// There is no such record (404).
  case notFound(String)

  /// The reason as people read it.
  package var description: String {
    switch self {
    case .invalid(let input), .refused(let input): input.description
    case .conflict(let text), .notFound(let text): text
    }
  }
}
