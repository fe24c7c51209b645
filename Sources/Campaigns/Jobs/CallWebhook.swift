import Contacts
import Foundation
package import JobQueue
package import Primitives

/// Calls a webhook about a contact for other modules: at most five times, an hour apart, with the same key
/// (PTS-29).
struct CallWebhook: DurableJob {
  static let name = "webhook.call"
  static let queue = CampaignJobs.queue
  static var options: JobOptions { JobOptions(maxAttempts: 5) }

  var properties: JSONValue
  var contact: Int64
  var key: String
}

extension CampaignService {
  /// Enqueues calls of a webhook about contacts in the caller's transaction.
  ///
  /// - Parameters:
  ///   - properties: The properties, as for the campaign's action (campaigns.md 7.4).
  ///   - contacts: The contacts.
  ///   - key: The key of the cause for the receiver, together with the contact.
  ///   - outbox: The outbox of the transaction.
  package static func callWebhook(
    _ properties: JSONValue, about contacts: [Int64], key: String, _ outbox: JobOutbox
  ) throws {
    try outbox.add(
      contacts.map { CallWebhook(properties: properties, contact: $0, key: "\(key)-\($0)") })
  }
}

/// Calls webhooks for other modules.
struct WebhookCaller {
  private let service: CampaignService

  init(_ service: CampaignService) { self.service = service }

  func call(_ job: CallWebhook, _ context: JobContext) async throws {
    guard case .external(let action)? = service.engine.types["campaign.sendwebhook"] else { return }
    let names = Webhook(job.properties).names
    let settings = try await service.engine.settings()
    let fields = service.engine.fields
    let dates = Moment(now: context.clock.now, zone: settings.timeZone).values(of: names)
    // A merged contact is replaced by the winner; for a deleted one nothing is sent.
    let contact = try await service.jobs.postgres.withConnection { connection -> ExternalContact? in
      let current = try await ContactMerger.current(of: [job.contact], on: connection)
      guard let id = current[job.contact] else { return nil }
      let tokens = try await TokenStore.read(
        [id], names: names, shared: dates, fields: fields, on: connection)
      return ExternalContact(id: id, tokens: tokens[id] ?? [:])
    }
    guard let contact else { return try await context.complete() }
    let event = CampaignEvent(
      id: 0, kind: .action, type: "campaign.sendwebhook", name: job.key,
      properties: job.properties)
    let result = await action.perform(event, contact, key: job.key, settings)
    // An interruption by this worker's shutdown says nothing about the remote side.
    try Task.checkCancellation()
    if case .failure(let failure) = result {
      if failure.isFinal { throw PermanentJobFailure(failure.reason) }
      throw RetryJob(after: .seconds(3600), failure.reason)
    }
    try await context.complete()
  }
}
