import Foundation
import Mail
import Postgres

/// Looks up what a clickthrough names (tracking.md 9).
struct ClickthroughReader: Sendable {
  /// The contact and the source of a followed link.
  struct Found: Sendable, Equatable {
    /// The recipient of the e-mail with the link.
    var recipient: Int64?
    /// The e-mail address of a contact that is named without proof, where that is believed.
    var address: String?
    var source = ""
    var sourceID: Int64?
    var email: Int64?
  }

  let pool: PostgresPool
  let signer: LinkSigner
  let settings: TrackingSettings

  /// Returns what a clickthrough names; nothing for one that is missing, broken or forged.
  ///
  /// - Throws: `PostgresError`.
  func read(_ text: String?) async throws -> Found {
    var found = Found()
    guard let text, !text.isEmpty,
      let link = Clickthrough.read(text, signed: { signer.openClickthrough($0) })
    else { return found }
    switch link {
    case .signed(let hash, _):
      guard let send = try await VisitStore.send(hash, on: pool) else { return found }
      found.recipient = send.contact
      (found.source, found.sourceID, found.email) = (send.source, send.sourceID, send.email)
    case .unsigned(let link):
      (found.source, found.sourceID, found.email) = (link.source ?? "", link.sourceID, link.email)
      if let stat = link.stat, let email = link.channelEmail,
        let send = try await VisitStore.send(stat, on: pool), send.email == email
      {
        found.recipient = send.contact
      } else if settings.tracksByURL, let lead = link.lead {
        found.address = try await VisitStore.address(of: lead, on: pool)
      }
    }
    return found
  }
}
