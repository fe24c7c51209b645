/// The events that webhooks tell, by the keys of Mautic (api.md 9).
package enum WebhookEvent: String, Sendable, CaseIterable, Hashable {
  case contactIdentified = "mautic.lead_post_save_new"
  case contactUpdated = "mautic.lead_post_save_update"
  case contactDeleted = "mautic.lead_post_delete"
  case pointsChanged = "mautic.lead_points_change"
  case subscriptionChanged = "mautic.lead_channel_subscription_changed"
  case companyLinksChanged = "mautic.lead_company_change"
  case segmentsChanged = "mautic.lead_list_change"
  case companySaved = "mautic.company_post_save"
  case companyDeleted = "mautic.company_post_delete"
  case emailSent = "mautic.email_on_send"
  case emailOpened = "mautic.email_on_open"
  case formSubmitted = "mautic.form_on_submit"
  case pageHit = "mautic.page_on_hit"
  case messageSent = "mautic.sms_on_send"

  /// The name shown to users.
  package var label: String {
    switch self {
    case .contactIdentified: "Contact identified"
    case .contactUpdated: "Contact updated"
    case .contactDeleted: "Contact deleted"
    case .pointsChanged: "Contact points changed"
    case .subscriptionChanged: "Contact channel subscription changed"
    case .companyLinksChanged: "Contact company subscription changed"
    case .segmentsChanged: "Contact segment membership changed"
    case .companySaved: "Company created or updated"
    case .companyDeleted: "Company deleted"
    case .emailSent: "Email sent"
    case .emailOpened: "Email opened"
    case .formSubmitted: "Form submitted"
    case .pageHit: "Page hit"
    case .messageSent: "Text message sent"
    }
  }

  /// The occasion in a sentence.
  package var explanation: String {
    switch self {
    case .contactIdentified: "A contact was created, or a visitor became known."
    case .contactUpdated: "A known contact's values, owner, stage or tags changed."
    case .contactDeleted: "A contact was deleted, or merged into another one."
    case .pointsChanged: "A contact's points changed; scores in groups do not count."
    case .subscriptionChanged: "A channel was closed to a contact, or opened again."
    case .companyLinksChanged: "A contact came to a company or left it."
    case .segmentsChanged: "A contact entered or left a segment."
    case .companySaved: "A company was created or changed."
    case .companyDeleted: "A company was deleted."
    case .emailSent: "An e-mail was handed over to the mail server."
    case .emailOpened: "An e-mail was opened."
    case .formSubmitted: "A form was submitted."
    case .pageHit: "A page was visited."
    case .messageSent: "A text message was sent."
    }
  }
}
