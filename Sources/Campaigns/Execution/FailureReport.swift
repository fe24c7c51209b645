import Foundation
import Users

/// Notifies users that an action fails, and stops a campaign that mostly fails (CAM-504, CAM-505).
struct FailureReport {
  private let store: FailureStore
  private let transaction: CampaignTransaction
  private let event: CampaignEvent

  /// The minimum number of failures that stops a campaign, so that one failure among five contacts does not.
  static let fewest: Int64 = 10
  /// Seconds between two notifications about an event.
  static let pause: Double = 3600

  init(_ transaction: CampaignTransaction, _ event: CampaignEvent) {
    self.transaction = transaction
    self.event = event
    store = FailureStore(
      connection: transaction.connection, campaign: transaction.campaign, now: transaction.now)
  }

  /// Counts the failures, and notifies users or stops the campaign depending on their number.
  ///
  /// - Parameter contacts: The contacts for which the event failed, in order.
  func write(_ contacts: [Int64]) async throws {
    let counted = try await store.count(
      contacts.count, of: event.id,
      notifiedSince: transaction.now.addingTimeInterval(-Self.pause))
    guard let (failed, isToNotify, withheld) = counted else { return }
    if isToNotify { try await notify(of: Int64(contacts.count) + withheld, contacts) }
    if failed >= Self.fewest { try await stop(failed) }
  }

  private func notify(of failures: Int64, _ contacts: [Int64]) async throws {
    let name = try await store.campaignName()
    let times = failures == 1 ? "for a contact" : "for \(failures) contacts"
    try await post(
      to: try await store.owner(of: contacts.first ?? 0),
      title: "Campaign “\(name)”: “\(event.name)” failed",
      body:
        "The event “\(event.name)” failed \(times). It is tried again, or given up after some attempts."
    )
  }

  private func stop(_ failed: Int64) async throws {
    guard let (name, creator) = try await store.stop(failures: failed) else { return }
    try await post(
      to: creator, title: "Campaign “\(name)” was stopped",
      body: """
        The event “\(event.name)” has failed \(failed) times, which is a tenth of the campaign's contacts or \
        more. The campaign is not published any more.
        """)
  }

  /// Posts to the inbox of a user, or of an administrator if that user does not exist.
  private func post(to user: Int64?, title: String, body: String) async throws {
    let connection = transaction.connection
    try await InboxStore.post(
      to: try await InboxStore.user(user, on: connection), title: title, body: body,
      in: transaction.database)
  }
}
