import Contacts
import Foundation
package import JobQueue
package import Mail
import Postgres

/// Records the clicks of people on links of e-mails as page hits (tracking.md 11), in the transaction that records the
/// clicks; clicks of machines never come here.
package struct TrackingMailObserver: MailObserver {
  private let tracking: @Sendable () -> TrackingEnvironment

  /// Creates an observer.
  ///
  /// - Parameter tracking: Returns tracking, which is created after mail as it depends on it.
  package init(_ tracking: @escaping @Sendable () -> TrackingEnvironment) {
    self.tracking = tracking
  }

  /// Keeps a hit for each click; it is recorded as other hits are.
  package func clicked(_ clicks: [MailClick], in transaction: Transaction) async throws {
    let tracking = tracking()
    let hits = try await tracking.tracker.hits(of: clicks, on: transaction.connection)
    guard !hits.isEmpty else { return }
    try await HitIntakeStore.append(hits, on: transaction.connection)
    let (parts, arrived) = (Set(hits.map(\.part)), tracking.arrived)
    transaction.afterCommit { arrived.note(parts) }
  }
}

extension Tracker {
  /// The page hits of clicks. A browser that is known as the recipient's is found for all of them at once; of another one
  /// the visitor is looked up when the hit is recorded.
  func hits(of clicks: [MailClick], on connection: PostgresConnection) async throws -> [Hit] {
    let requests = clicks.compactMap { click -> (click: MailClick, request: VisitRequest)? in
      guard let text = click.visit else { return nil }
      do {
        return (click, try JSONDecoder().decode(VisitRequest.self, from: Data(text.utf8)))
      } catch {
        logger.warning("a click has no hit", metadata: ["error": "\(error)"])
        return nil
      }
    }
    guard !requests.isEmpty else { return [] }
    let settings = try await settings()
    let ids = Set(requests.flatMap(\.request.deviceIDs)).sorted()
    let devices = try await DeviceTrackingStore.find(ids, on: connection)
    return try requests.compactMap { click, request in
      var hit = Hit(request)
      hit.id = click.id
      hit.at = click.event.at
      hit.redirect = click.link
      (hit.source, hit.sourceID) = (click.event.source.kind, click.event.source.id)
      hit.email = click.event.email
      let agent = resolver.agents.read(request, excluding: settings.excludedAgents)
      switch AddressRules(settings: settings).verdict(request, isExcludedAgent: agent.isExcluded) {
      case .none: return nil
      case .anonymous: hit.forget()
      case .full(let address):
        let device = request.deviceIDs.lazy.compactMap { devices[$0] }.first
        if let device, device.contact == click.event.contact, device.matches(agent.device) {
          (hit.contact, hit.device, hit.trackingID) = (device.contact, device.id, device.trackingID)
          hit.address = settings.anonymizesAddresses ? "*.*.*.*" : address
        } else {
          hit.trackingID = request.deviceIDs.first ?? request.claim
          hit.visit = try request.identifying.text
        }
      }
      return hit
    }
  }
}
