package import Contacts

/// The reason why an operation on a campaign failed; nothing was changed.
package enum CampaignError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A member that every campaign needs is missing (400).
  case invalid(InvalidInput)
  /// The graph or the settings of an event break rules (422).
  case refused(InvalidInput)
  /// The current state does not allow it (409).
  case conflict(String)
  /// The record does not exist (404).
  case notFound(String)

  /// The message for people.
  package var description: String {
    switch self {
    case .invalid(let input), .refused(let input): input.description
    case .conflict(let text), .notFound(let text): text
    }
  }
}
