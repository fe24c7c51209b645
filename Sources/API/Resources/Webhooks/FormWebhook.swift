package import Forms
package import JobQueue
import Webhooks

/// Tells webhooks of submissions (`mautic.form_on_submit`), in the transaction of what follows from them.
package struct FormWebhook: FormObserver {
  package init() {}

  package func submitted(_ event: FormEvent, in transaction: Transaction) async throws {
    try await WebhookEvents.announce(
      .formSubmitted,
      [WebhookNotice(contact: event.contact, subject: event.submission, at: event.at)],
      in: transaction)
  }
}
