/// Renders the records that events are about as the API shows them, for the bodies of requests.
package protocol WebhookRecords: Sendable {
  /// Returns records by id, each as the text of a JSON object; those that are gone are left out.
  ///
  /// - Parameters:
  ///   - kind: The kind of record.
  ///   - ids: Their ids, at most as many as a request has events.
  func render(_ kind: WebhookRecordKind, _ ids: [Int64]) async throws -> [Int64: String]
}

/// The kinds of records in payloads.
package enum WebhookRecordKind: Sendable, Hashable {
  case contact
  case company
  case segment
  /// The members that tell of an e-mail that was sent: `email`, `subject`, `idHash` and so on.
  case sentEmail
  /// The member `stat` of an e-mail that was opened.
  case openedEmail
  /// A submission of a form.
  case submission
}

extension WebhookEvent {
  /// The kinds of records that a payload shows: of its contact, and of its subject.
  var records: (contact: WebhookRecordKind?, subject: WebhookRecordKind?) {
    switch self {
    case .contactIdentified, .contactUpdated, .pointsChanged, .subscriptionChanged: (.contact, nil)
    case .formSubmitted: (nil, .submission)
    case .pageHit, .messageSent: (.contact, nil)
    case .contactDeleted, .companyDeleted: (nil, nil)
    case .companyLinksChanged: (.contact, .company)
    case .segmentsChanged: (.contact, .segment)
    case .companySaved: (nil, .company)
    case .emailSent: (.contact, .sentEmail)
    case .emailOpened: (.contact, .openedEmail)
    }
  }
}
